/** The layout's library as it is loaded, in types of our own: its declarations need those of a browser. */
export interface Elk {
  readonly default: new () => {
    /** Gives the same graph with places in it. */
    layout(graph: { readonly id: string }): Promise<{ readonly id: string }>
  }
}
