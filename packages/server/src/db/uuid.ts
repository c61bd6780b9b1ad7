/** Identifiers that sort by the time of their making. */
import { randomBytes } from 'node:crypto';

let last = { time: 0, counter: 0 };

/** A UUID of version 7 (RFC 9562, section 6.2, method 1): later ones of this process are always greater. */
export function uuidV7(now: number = Date.now()): string {
  const isNewTime = now > last.time;
  const counter = isNewTime ? randomBytes(2).readUInt16BE() & 0x7ff : last.counter + 1;
  last = counter > 0xfff ? { time: last.time + 1, counter: 0 } : { time: Math.max(now, last.time), counter };
  const bytes = randomBytes(16);
  bytes.writeUIntBE(last.time, 0, 6);
  bytes.writeUInt16BE(0x7000 | last.counter, 6);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = bytes.toString('hex');
  return [0, 8, 12, 16, 20].map((start, i, all) => hex.slice(start, all[i + 1])).join('-');
}

/** Whether a text from outside can be an id at all. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
