import { IDENTITY } from './insurance.ts';

/** What patientgetv2 shows and patientmodv2 stores alike. */
export const PERSON = {
  ...IDENTITY,
  householder: 'HouseHolder_WholeName',
  relationship: 'Relationship',
  occupation: 'Occupation',
  mobile: 'CellularNumber',
  fax: 'FaxNumber',
  email: 'EmailAddress',
  contraindication1: 'Contraindication1',
  contraindication2: 'Contraindication2',
  allergy1: 'Allergy1',
  allergy2: 'Allergy2',
  infection1: 'Infection1',
  infection2: 'Infection2',
  comment1: 'Comment1',
  comment2: 'Comment2',
} as const;

export const HOME = {
  zip: 'Address_ZipCode',
  address1: 'WholeAddress1',
  address2: 'WholeAddress2',
  phone1: 'PhoneNumber1',
  phone2: 'PhoneNumber2',
} as const;

export const WORK = {
  name: 'WholeName',
  zip: 'Address_ZipCode',
  address1: 'WholeAddress1',
  address2: 'WholeAddress2',
  phone: 'PhoneNumber',
} as const;
