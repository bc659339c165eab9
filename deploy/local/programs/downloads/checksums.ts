/**
 * The sha256 of a file, or the name of the list in the same release that has it, if only the release itself publishes
 * it.
 */
export type Checksum = { sha256: string } | { listedIn: string }

/**
 * The checksums of the files in releases.ts, by address. A listed checksum is only as safe as the TLS connection to
 * the host: whoever can change the file there can change the list too.
 */
export const checksums: Record<string, Checksum> = {
  'dl.k8s.io/release/v1.36.3/bin/linux/amd64/kube-apiserver': {
    sha256: '1f217d397234a6d065da663c6e086fdb02c0f0de97a0758ff3e6f3956f4ef8ab',
  },
  'dl.k8s.io/release/v1.36.3/bin/linux/amd64/kube-controller-manager': {
    sha256: '7edfe976d5a06c7a702d653e914095f4a732a04bb2139115b6a6eba6a9b781c7',
  },
  'dl.k8s.io/release/v1.36.3/bin/linux/amd64/kube-scheduler': {
    sha256: 'b8955d4518c902110b50a825364339b1fb673822518ce0ba081a69ed634f8eee',
  },
  'dl.k8s.io/release/v1.36.3/bin/linux/amd64/kubelet': {
    sha256: '46707a53209f826ad0f0d62371ac69cd00e78fd9a8176cf5f6f87f18f7f8b718',
  },
  'dl.k8s.io/release/v1.36.3/bin/linux/arm64/kube-apiserver': {
    sha256: '16001b9d35d23634c361a1e2b7b0fc7abe186984af697ef7a869c8c8cded78b7',
  },
  'dl.k8s.io/release/v1.36.3/bin/linux/arm64/kube-controller-manager': {
    sha256: '27868a5c822824945b93f2d8a724a5dcd99affc68b47230ae766bff8795bbb84',
  },
  'dl.k8s.io/release/v1.36.3/bin/linux/arm64/kube-scheduler': {
    sha256: 'ca1c7cd0033942bf9ef7eac80e18375d91f6f29487244c3e685f11163b01a88d',
  },
  'dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubelet': {
    sha256: '57205a5daf5883873d87b4914e1e00bdd7707acd075714788cfb0fc1f60bc414',
  },
  'github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-amd64': {
    sha256: 'f5a4385a2ae1b9dd7f8acae18e002a75c0ebba124ae9d7259aa8dadb50711f46',
  },
  'github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-linux-arm64': {
    sha256: '628f7d277860f524a2a775c217adcc58828e7b59ab0933680315784f1b8b0e37',
  },
  'github.com/etcd-io/etcd/releases/download/v3.6.14/etcd-v3.6.14-linux-amd64.tar.gz': {
    sha256: 'ffe840ff9295808e88cce2794a18a5ac87f12a5203c8314d0bf6aa119b41bac5',
  },
  'github.com/etcd-io/etcd/releases/download/v3.6.14/etcd-v3.6.14-linux-arm64.tar.gz': {
    sha256: 'fa1b80565ee6fc2df1ae6f57a508b221f3ecc7d591c317c581cd8281b0842b3e',
  },
  'github.com/temporalio/ui-server/releases/download/v2.53.3/ui-server_2.53.3_linux_amd64.tar.gz': {
    sha256: 'ec160cab0235f300444e66a68ca90599e21419c4294c6f11553fad4c60f634ad',
  },
  'github.com/temporalio/ui-server/releases/download/v2.53.3/ui-server_2.53.3_linux_arm64.tar.gz': {
    sha256: '371905d70bcfe2e724bed8f549e15449aa073b8b9991a0530c6eb0617da9e856',
  },
  // The checksums of these are published only in their releases.
  'github.com/temporalio/temporal/releases/download/v1.32.1/temporal_1.32.1_linux_amd64.tar.gz': {
    listedIn: 'checksums.txt',
  },
  'github.com/temporalio/temporal/releases/download/v1.32.1/temporal_1.32.1_linux_arm64.tar.gz': {
    listedIn: 'checksums.txt',
  },
}
