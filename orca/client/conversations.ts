import type { OrcaRecord } from '../xml2.ts';
import type { ActBlock } from './acts.ts';
import type { Ask, CallOptions } from './call.ts';
import { type ConversationOptions, converse, type Ended } from './conversation.ts';
import { child } from './fields.ts';
import { type Insurance, readInsurance } from './insurance.ts';
import type { Outcome } from './outcome.ts';
import { correctVisit, deleteVisit, registerVisit } from './register.ts';
import { type HeldLock, listLocks, stepCall } from './steps.ts';
import type { Acts, NewVisit, OpenedVisit, RegisteredVisit, VisitKey } from './visit-forms.ts';
import { firstRecord, readFee } from './visit-forms.ts';

/** What the server would begin a visit with. */
export interface Proposal {
  readonly insurance: Insurance;
  readonly fee: readonly ActBlock[];
}

/** The flows of the 診療行為 screen (HAORI). None of them leaves a lock behind while the environment can be reached. */
export interface ConversationCalls {
  /** medicalmodv31 00: without a lock. */
  propose(
    visit: Pick<NewVisit, 'patient' | 'date' | 'department'> & Partial<NewVisit>,
    options?: CallOptions,
  ): Promise<Outcome<Proposal>>;
  /** medicalmodv31 → 32 → 33: a visit with a slip number, not 中途データ. */
  register(visit: NewVisit, options?: ConversationOptions): Promise<Ended<RegisteredVisit>>;
  /** medicalmodv34 → 32 → 33 */
  correct(
    key: VisitKey,
    change: (visit: OpenedVisit) => Acts,
    options?: ConversationOptions,
  ): Promise<Ended<RegisteredVisit>>;
  /** medicalmodv34, which asks first: without `options.answer` nothing is deleted. */
  remove(key: VisitKey, options?: ConversationOptions): Promise<Ended<{ readonly invoice: string }>>;
  /** medicalmodv37 00: who has whom open. At most 100. */
  locks(options?: CallOptions): Promise<Outcome<readonly HeldLock[]>>;
  /** medicalmodv37 01, which asks first. The screen of whoever has the patient open is not told. */
  breakLock(which: 'all' | Pick<HeldLock, 'karteUid' | 'orcaUid'>, options?: ConversationOptions): Promise<Ended<null>>;
}

// Required, and of no consequence where nothing is begun.
const NOBODY = 'hybrid-gateway';

export function conversationCalls(ask: Ask): ConversationCalls {
  return {
    propose({ physician = '', insurance = {}, blocks = [], ...visit }, options) {
      const record = firstRecord({ ...visit, physician, insurance, blocks });
      const named = { Request_Number: '00', Karte_Uid: NOBODY, ...record };
      return ask(stepCall('medicalmodv31', named, readProposal), options);
    },
    register: (visit, options = {}) => registerVisit(ask, visit, options),
    correct: (key, change, options = {}) => correctVisit(ask, key, change, options),
    remove: (key, options = {}) => deleteVisit(ask, key, options),
    locks: (options) => listLocks(ask, NOBODY, options),
    breakLock(which, options = {}) {
      const record: OrcaRecord = {
        Delete_Information:
          which === 'all'
            ? { Delete_Class: 'All' }
            : { Delete_Karte_Uid: which.karteUid, Delete_Orca_Uid: which.orcaUid },
      };
      const step = (more: OrcaRecord) => ({
        call: 'medicalmodv37' as const,
        number: '01',
        record: { ...record, ...more },
        read: () => null,
      });
      return converse(ask, { call: 'medicalmodv37', record: {} }, options, (conversation) =>
        conversation.asking(step({}), (said) => step({ Select_Answer: said })),
      );
    },
  };
}

function readProposal(record: OrcaRecord): Proposal {
  const patient = child(record, 'Patient_Information');
  return { insurance: readInsurance(child(patient, 'HealthInsurance_Information')), fee: readFee(record) };
}
