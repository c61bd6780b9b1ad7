import type { Method } from '../layer.ts';
import { full } from './full.ts';
import { glora } from './glora.ts';
import { ia3 } from './ia3.ts';
import { loha } from './loha.ts';
import { lokr } from './lokr.ts';
import { lora } from './lora.ts';
import { norm } from './norm.ts';
import { oft } from './oft.ts';

/** All ways to write an adapter down, in the order in which A1111 tries them. */
export const methods: readonly Method[] = [lora, loha, ia3, lokr, full, norm, glora, oft];
