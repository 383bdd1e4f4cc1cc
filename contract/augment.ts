/** Random changes of training images, as an experiment asks for them. */

/** `crop(padding)`: shifted by up to `padding` pixels each way; `flip()`: mirrored every other time. */
export type AugmentStep =
  { readonly kind: 'crop'; readonly padding: number } | { readonly kind: 'flip' }

/** What is done to the fields of these names, in order. */
export interface AugmentPlan {
  readonly fields: readonly string[]
  readonly steps: readonly AugmentStep[]
}
