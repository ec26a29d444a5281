/** What an environment says of its versions, which the gateway asks for before a switch. */
export const VERSIONS =
  '<?xml version="1.0" encoding="UTF-8"?>\n<xmlio2>\n<private_objects type="record">\n' +
  '<Api_Result type="string">0000</Api_Result>\n<Jma_Receipt_Version type="string">5.2.0</Jma_Receipt_Version>\n' +
  '</private_objects>\n</xmlio2>\n';

export function isAboutVersions(path: string): boolean {
  return path.endsWith('/systeminfv2');
}
