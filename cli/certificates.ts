/** The certificates that Node would read before anything else, which takes 40 ms, and which no command but `run` needs. */

/** Puts the name back without which the launcher starts Node, for the processes that this one starts. */
export function restoreCertificates(): void {
  const file = process.env['TSBPF_EXTRA_CA_CERTS'];
  if (file === undefined) return;
  process.env['NODE_EXTRA_CA_CERTS'] = file;
  delete process.env['TSBPF_EXTRA_CA_CERTS'];
}
