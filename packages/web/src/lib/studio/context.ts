/** The studio and its form, handed from the page to its components. */
import { createContext } from 'svelte';
import type { RecipeForm } from './form.svelte.ts';
import type { Studio } from './studio.svelte.ts';

const [getForm, setForm] = createContext<RecipeForm>();
const [getStudio, setStudio] = createContext<Studio>();
export { getForm, getStudio, setForm, setStudio };
