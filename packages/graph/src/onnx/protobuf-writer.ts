const utf8 = new TextEncoder();

/**
 * Writes protocol buffers (protobuf.dev/programming-guides/encoding): only what ONNX needs, in one growing array.
 * Methods return the writer, so that a message reads as a list of its fields.
 */
export class ProtobufWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** A varint field; negative numbers take ten bytes, as the format demands. */
  int(field: number, value: number): this {
    return this.#tag(field, 0).#varint(value);
  }

  float(field: number, value: number): this {
    this.#tag(field, 5).#reserve(4);
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, 2).#varint(value.length).#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  string(field: number, value: string): this {
    // Nearly all names are short and ASCII: their length is known before, and no encoder need be asked.
    return isAscii(value) ? this.#ascii(field, value) : this.bytes(field, utf8.encode(value));
  }

  /** A message within this one, of the fields that `write` writes. */
  message(field: number, write: (message: this) => void): this {
    this.#tag(field, 2);
    const start = this.#length;
    write(this);
    // The length comes before the content but is known only after it, so the content moves to make room.
    const content = this.#length - start;
    this.#varint(content);
    const prefix = this.#length - start - content;
    const length = this.#bytes.slice(start + content, this.#length);
    this.#bytes.copyWithin(start + prefix, start, start + content);
    this.#bytes.set(length, start);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #ascii(field: number, value: string): this {
    this.#tag(field, 2).#varint(value.length).#reserve(value.length);
    for (let i = 0; i < value.length; i++) this.#bytes[this.#length++] = value.charCodeAt(i);
    return this;
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(field * 8 + wireType);
  }

  #varint(value: number): this {
    this.#reserve(10);
    if (value < 0 || value > 0x7fffffff) return this.#longVarint(BigInt.asUintN(64, BigInt(value)));
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#length++] = rest;
    return this;
  }

  #longVarint(value: bigint): this {
    let rest = value;
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#length++] = Number(rest);
    return this;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function isAscii(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0x7f) return false;
  return true;
}
