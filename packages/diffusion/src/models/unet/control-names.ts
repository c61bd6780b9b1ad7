/** What the outputs of a ControlNet and the inputs of a UNet are called that listens to one: by kept result, then the middle. */
export function controlNames(kept: number): readonly string[] {
  return [...Array.from({ length: kept }, (_, i) => `control${i}`), 'controlMiddle'];
}
