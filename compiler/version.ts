/** The version of ccn, for headers of generated files and manifests of runs; a spec keeps it equal to package.json. */
export const version = '0.1.0'
