import { createHash, randomUUID } from 'node:crypto';

export interface Dump {
  readonly id: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  readonly madeAt: Date;
}
interface Upload {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly pieces: Buffer[];
  received: number;
}
export interface Progress {
  readonly upload: string;
  readonly bytes: number;
  readonly received: number;
}

/** A part that cannot be taken; `received` says where to go on. */
export class UploadError extends Error {
  readonly code = 'UPLOAD';
  readonly status: 404 | 409 | 422;
  readonly received: number;

  constructor(status: 404 | 409 | 422, message: string, received = 0) {
    super(message);
    this.status = status;
    this.received = received;
  }
}

/** Dumps that were taken here or sent here, in memory: a rehearsal's dumps are small. */
export class DumpShelf {
  readonly #dumps: Dump[] = [];
  readonly #uploads = new Map<string, Upload>();

  /** Newest first. */
  list(): readonly Dump[] {
    return this.#dumps.toReversed();
  }

  get(id: string): Dump | undefined {
    return this.#dumps.find((dump) => dump.id === id);
  }

  add(name: string, bytes: Buffer, madeAt: Date): Dump {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const dump = { id: randomUUID(), name, bytes, sha256, madeAt };
    this.#dumps.push(dump);
    return dump;
  }

  begin({ name, bytes, sha256 }: Pick<Upload, 'name' | 'bytes' | 'sha256'>): Progress {
    const id = randomUUID();
    this.#uploads.set(id, { name, bytes, sha256, pieces: [], received: 0 });
    return this.progress(id);
  }

  progress(id: string): Progress {
    const { bytes, received } = this.#upload(id);
    return { upload: id, bytes, received };
  }

  /** Throws where a part that starts there is not the next one. */
  expect(id: string, offset: number): void {
    const { received } = this.#upload(id);
    if (offset !== received) throw new UploadError(409, 'another part comes next', received);
  }

  append(id: string, piece: Buffer): void {
    const upload = this.#upload(id);
    upload.pieces.push(piece);
    upload.received += piece.length;
  }

  /** The dump, once all of it is there and it is what was announced. */
  finish(id: string, at: Date): Dump | undefined {
    const upload = this.#upload(id);
    if (upload.received < upload.bytes) return undefined;
    const bytes = Buffer.concat(upload.pieces);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (upload.received > upload.bytes || sha256 !== upload.sha256) {
      this.#uploads.set(id, { ...upload, pieces: [], received: 0 });
      throw new UploadError(422, 'the bytes are not what was announced; begin anew');
    }
    upload.pieces.length = 0;
    return this.get(id) ?? this.add(upload.name, bytes, at);
  }

  #upload(id: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw new UploadError(404, 'there is no such upload');
    return upload;
  }
}
