/** Bounds up to which old on-premises servers filled arrays of JSON answers with {}; by the array's name. */
const BOUNDS: Readonly<Record<string, number>> = {
  'patientlst1res.Patient_Information': 1000,
  'patientlst2res.Patient_Information': 100,
  Physician_Information: 100,
  Department_Information: 100,
  User_Information: 600,
  HealthInsurance_Information: 30,
  PublicInsurance_Information: 4,
  Disease_Information: 200,
  Disease_Single: 21,
  Medical_Info: 120,
  Medical_Req_Info: 110,
  Medication_Info: 50,
  Medication_Req_Info: 50,
  Ac_Point_Detail: 16,
};

/** 0 where an array was never padded: acceptlstv2's rows were not. */
export function paddingOf(root: string, path: string): number {
  const name = path.slice(path.lastIndexOf('.') + 1);
  return BOUNDS[`${root}.${name}`] ?? BOUNDS[name] ?? 0;
}
