import type { Classified } from '../../orca/catalogue.ts';
import { EFFECTS } from '../../orca/effect.ts';

// What the calls do, written down by hand from ORCA's own descriptions and sources. `read!` is a read that is never sent
// again. A number after the path is the Request_Number; `?` stands for any other, for none, and for a body not yet there.
const EXPECTED = `
GET  /api01rv2/patientgetv2               read
GET  /api01r/patientget                   read
POST /api01r/patientget                   read
POST /api01r/appointlst                   read
POST /api01r/acceptlst                    read
POST /api01r/patientlst1                  read
POST /api01r/patientlst2                  read
POST /api01r/patientlst3                  read
POST /api01r/system01lst                  read
POST /api01r/medicalget                   read
POST /api01r/diseaseget                   read
POST /api01rv2/acceptlstv2                read
POST /api01rv2/appointlstv2               read
POST /api01rv2/appointlst2v2              read
POST /api01rv2/patientlst1v2              read
POST /api01rv2/patientlst2v2              read
POST /api01rv2/patientlst3v2              read
POST /api01rv2/patientlst6v2              read
POST /api01rv2/patientlst7v2              read
POST /api01rv2/patientlst8v2              read
POST /api01rv2/system01lstv2              read
POST /api01rv2/system01dailyv2            read
POST /api01rv2/systeminfv2                read
POST /api01rv2/medicalgetv2               read
POST /api01rv2/diseasegetv2               read
POST /api01rv2/visitptlstv2               read
POST /api01rv2/tmedicalgetv2              read
POST /api01rv2/acsimulatev2               read!
POST /api01rv2/hsconfbasev2               read
POST /api01rv2/hsconfwardv2               read
POST /api01rv2/hsmealv2                   read
POST /api01rv2/hsptevalv2                 read
POST /api01rv2/hsptinfv2                  read
POST /api01rv2/hsacsimulatev2             read
POST /api01rv2/insprogetv2                read
POST /api01rv2/insuranceinf1v2            read
POST /api01rv2/incomeinfv2                read
POST /api01rv2/subjectiveslstv2           read
POST /api01rv2/contraindicationcheckv2    read
POST /api01rv2/medicationgetv2            read
POST /api01rv2/pusheventgetv2             read
POST /api01rv2/formdatagetv2              read
POST /api01rv2/imagegetv2                 read
POST /api01rv2/receiptinf1v2              read
POST /api01rv2/claimfrontv2               read
POST /api01rv2/claimaccountv2             read
POST /api01rv2/apiversiongetv2            read
POST /api01rv2/okusurigetv2               read
POST /orca13/findv3                       read!
POST /orca13/findinfv3                    read!
POST /orca31/hspmmv2                      read
POST /orca36/hsfindv3                     read!
POST /orca51/masterlastupdatev3           read
POST /session/session_start               read!
GET  /session/session_start               read!
GET  /blobapi/be51440b-6e95-43b2          read
POST /api01rv2/prescriptionv2             print
POST /api01rv2/medicinenotebookv2         print
POST /api01rv2/invoicereceiptv2           print
POST /api01rv2/statementv2                print
POST /api01rv2/karteno1v2                 print
POST /api01rv2/karteno1hv2                print
POST /api01rv2/karteno3v2                 print
POST /api01rv2/karteno3hv2                print
POST /orca00/print                        print
POST /orca42/receiptprintv3               print
POST /orca51/statisticsformv3             print
POST /api01rv2/okusuriputv2               write
POST /api21/medicalmodv2                  write
POST /api21/claimreceivev2                write
POST /orca06/patientmemomodv2             write
POST /orca12/patientmodv2                 write
POST /orca14/appointmodv2                 write
POST /orca22/diseasev2                    write
POST /orca22/diseasev3                    write
POST /orca25/subjectivesv2                write
POST /orca31/hsptinfmodv2                 write
POST /orca31/hsacctmodv2                  write
POST /orca32/hsptevalmodv2                write
POST /orca41/datacheckv3                  write
POST /orca42/receiptmakev3                write
POST /orca44/receiptdatamakev3            write
POST /orca44/receiptdatacheckmakev3       write
POST /orca44/receiptdatapatientmakev3     write
POST /orca51/diseasemasterlstv3           write
POST /orca51/medicationmasterlstv3        write
POST /orca51/addressmasterlstv3           write
POST /orca51/masterexportv3               write
POST /orca51/stock1v2                     write
POST /orca51/patientbasisallv3            write
POST /orca51/patientdiseaseallv3          write
POST /orca51/patientmedicalallv3          write
POST /orca51/tempmedicaladdv3             write
POST /orca102/medicatonmodv2              write
POST /orca11/acceptmodv2           ?      write
POST /orca11/acceptmodv2           00     read
POST /orca11/acceptmodv2           01     write
POST /orca11/acceptmodv2           02     write
POST /orca11/acceptmodv2           03     write
POST /api21/medicalmodv23          ?      write
POST /api21/medicalmodv23          00     read
POST /api21/medicalmodv23          01     write
POST /api21/medicalmodv23          02     write
POST /orca101/manageusersv2        ?      write
POST /orca101/manageusersv2        01     read
POST /orca101/manageusersv2        02     write
POST /orca101/manageusersv2        03     write
POST /orca101/manageusersv2        04     write
POST /orca21/medicalsetv2          ?      write
POST /orca21/medicalsetv2          01     write
POST /orca21/medicalsetv2          02     write
POST /orca21/medicalsetv2          03     write
POST /orca21/medicalsetv2          04     read
POST /orca31/birthdeliveryv2       ?      write
POST /orca31/birthdeliveryv2       01     read
POST /orca31/birthdeliveryv2       02     write
POST /api21/tmedicalmodv2          ?      write
POST /api21/tmedicalmodv2          01     read
POST /api21/tmedicalmodv2          02     write
POST /api21/medicalmodv31          ?      session first
POST /api21/medicalmodv31          00     read
POST /api21/medicalmodv31          01     session first
POST /api21/medicalmodv31          99     session release
POST /api21/medicalmodv32          ?      session later
POST /api21/medicalmodv32          02     session later
POST /api21/medicalmodv32          03     session later
POST /api21/medicalmodv32          99     session release
POST /api21/medicalmodv33          ?      session registering
POST /api21/medicalmodv33          04     session later
POST /api21/medicalmodv33          05     session registering
POST /api21/medicalmodv33          99     session release
POST /api21/medicalmodv34          ?      write first
POST /api21/medicalmodv34          01     session first
POST /api21/medicalmodv34          02     session registering
POST /api21/medicalmodv34          99     session release
POST /api21/medicalmodv35          ?      write first
POST /api21/medicalmodv35          00     read
POST /api21/medicalmodv35          01     session first
POST /api21/medicalmodv35          02     session registering
POST /api21/medicalmodv35          03     session registering
POST /api21/medicalmodv35          99     session release
POST /api21/medicalmodv36          ?      write first
POST /api21/medicalmodv36          01     session first
POST /api21/medicalmodv36          02     session registering
POST /api21/medicalmodv36          99     session release
POST /api21/medicalmodv37          ?      write
POST /api21/medicalmodv37          00     read
POST /api21/medicalmodv37          01     write
POST /api21/medicalmodv37          99     session release
POST /api21/medicalmodav31         ?      session first
POST /api21/medicalmodav31         00     session first
POST /api21/medicalmodav31         01     session first
POST /api21/medicalmodav31         99     session release
POST /api21/medicalmodav32         ?      session later
POST /api21/medicalmodav32         99     session release
POST /api21/medicalmodav33         ?      session registering
POST /api21/medicalmodav33         04     session later
POST /api21/medicalmodav33         05     session registering
POST /api21/medicalmodav33         99     session release
POST /api21/medicalmodav34         ?      write first
POST /api21/medicalmodav34         01     session first
POST /api21/medicalmodav34         02     session registering
POST /api21/medicalmodav34         99     session release
POST /api21/medicalmodav35         ?      write first
POST /api21/medicalmodav35         01     session first
POST /api21/medicalmodav35         03     session registering
POST /api21/medicalmodav35         99     session release
POST /orca12/patientmodv31         ?      write first
POST /orca12/patientmodv31         01     write first
POST /orca12/patientmodv31         02     session registering
POST /orca12/patientmodv31         99     session release
POST /orca12/patientmodv32         ?      write first
POST /orca12/patientmodv32         01     session first
POST /orca12/patientmodv32         02     session registering
POST /orca12/patientmodv32         03     session registering
POST /orca12/patientmodv32         99     session release
POST /orca12/patientmodv33         ?      write first
POST /orca12/patientmodv33         01     session first
POST /orca12/patientmodv33         03     session registering
POST /orca12/patientmodv34         ?      write first
POST /orca12/patientmodv34         01     session first
POST /orca12/patientmodv34         02     session registering
POST /orca12/patientmodv35         ?      write first
POST /orca12/patientmodv35         01     session first
POST /orca12/patientmodv35         03     session registering
POST /orca12/patientmodv35         05     session registering
POST /orca12/patientmodv35         99     session release
POST /orca12/patientmodv36         ?      write first
POST /orca12/patientmodv36         01     session first
POST /orca12/patientmodv36         02     session registering
POST /orca12/patientmodv37         ?      write first
POST /orca12/patientmodv37         01     session first
POST /orca12/patientmodv37         02     session registering
POST /orca12/patientmodv37         99     session release
POST /orca23/incomev3              ?      write first
POST /orca23/incomev3              01     session first
POST /orca23/incomev3              02     session registering
POST /orca23/incomev3              99     session release
`;

export interface Row {
  readonly text: string;
  readonly method: string;
  readonly path: string;
  /** Null where the path is enough, `?` for any number that is not in a row of its own. */
  readonly number: string | null;
  readonly answer: Omit<Classified, 'needsBody'>;
}

function rowOf(text: string): Row {
  const [method = '', path = '', ...words] = text.split(/\s+/);
  const number = /^(?:\?|\d\d)$/.test(words[0] ?? '') ? (words.shift() ?? null) : null;
  const [effect = '', step] = words;
  const call = path.startsWith('/blobapi/') ? 'blobapi' : path.slice(path.lastIndexOf('/') + 1);
  const answer = {
    call,
    effect: oneOf(EFFECTS, effect.replace('!', '')),
    step: step === undefined ? null : oneOf(STEPS, step),
    retriable: effect === 'read',
  };
  return { text: text.replaceAll(/\s+/g, ' '), method, path, number, answer };
}

const STEPS = ['first', 'later', 'registering', 'release'] as const;

function oneOf<T extends string>(words: readonly T[], word: string): T {
  const found = words.find((one) => one === word);
  if (found === undefined) throw new Error(`expected one of ${words.join(' ')}, got ${word}`);
  return found;
}

export const ROWS: readonly Row[] = EXPECTED.trim().split('\n').map(rowOf);
