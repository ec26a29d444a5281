import assert from 'node:assert/strict';
import { normalise } from '../../orca/path.ts';

describe('the path in the environment’s form', () => {
  const prefixed = [
    '/api01rv2/patientgetv2',
    '/api21/medicalmodv2',
    '/api01r/patientget',
    '/blobapi/be51440b-6e95-43b2-8e5b-86cc5f0aeb65',
    '/session/session_start',
    '/orca06/patientmemomodv2',
    '/orca11/acceptmodv2',
    '/orca102/medicatonmodv2',
    '/orca11/%61cceptmodv2',
    '/api21//medicalmodv2/',
  ];
  for (const path of prefixed) {
    it(`gains /api: ${path}`, () => assert.equal(normalise(path), `/api${path}`));
    it(`stays as it is once it has /api: /api${path}`, () => assert.equal(normalise(`/api${path}`), `/api${path}`));
  }

  const untouched = [
    '/',
    '',
    '*',
    '/api',
    '/api/',
    '/api01rv2',
    '/api01rv3/x',
    '/API21/medicalmodv2',
    '/api21%2Fmedicalmodv2',
    '//api21/medicalmodv2',
    '/orca1/x',
    '/orca1234/x',
    '/orca１１/x',
    '/orca11x/x',
    '/blobapi',
    '/sessions/x',
    '/hybrid/api21/x',
    '/%61pi21/x',
    '/../api21/x',
  ];
  for (const path of untouched) {
    it(`stays byte for byte: ${JSON.stringify(path)}`, () => assert.equal(normalise(path), path));
  }
});
