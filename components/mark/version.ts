/** `v3`, `v1.5.0`; a version that is no number stays as it is. */
export const versionOf = (version: string): string => (/^\d/.test(version) ? `v${version}` : version);
