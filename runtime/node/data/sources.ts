/**
 * Where the public data sets can be had: for each file the mirrors, in the order to try them, and
 * the SHA-256 checksum: for MNIST of the unpacked content, so that files packed anew pass as well, for
 * the others of the packed file.
 */

/** A SHA-256 checksum, of the file as it is sent or of its content once unpacked. */
export interface Checksum {
  readonly of: 'file' | 'content'
  readonly hex: string
}

export interface SourceFile {
  /** The name to keep it under. */
  readonly name: string
  readonly urls: readonly string[]
  readonly checksum: Checksum
  /** For a .tar.gz: the files to take out of it, and the size of each in bytes. */
  readonly unpack?: { readonly members: readonly string[]; readonly size: number }
}

export interface Source {
  /** The folder under the data folder; the data set's name in the standard library. */
  readonly folder: string
  readonly files: readonly SourceFile[]
}

/** The name under which `ccn data fetch` knows a data set, if it does. */
export function fetchName(dataset: string): string | undefined {
  const name = dataset.toLowerCase().replaceAll('_', '-')
  return Object.hasOwn(SOURCES, name) ? name : undefined
}

const MNIST = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
]
const FASHION = [
  'https://storage.googleapis.com/tensorflow/tf-keras-datasets/',
  'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
]
const CIFAR = [
  'https://www.cs.toronto.edu/~kriz/',
  'https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/',
]

export const SOURCES: Readonly<Record<string, Source>> = {
  mnist: {
    folder: 'mnist',
    files: [
      mnist(
        'train-images-idx3-ubyte.gz',
        'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      ),
      mnist(
        'train-labels-idx1-ubyte.gz',
        '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      ),
      mnist(
        't10k-images-idx3-ubyte.gz',
        '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      ),
      mnist(
        't10k-labels-idx1-ubyte.gz',
        'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      ),
    ],
  },
  'fashion-mnist': {
    folder: 'fashion_mnist',
    files: [
      fashion(
        'train-images-idx3-ubyte.gz',
        '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      ),
      fashion(
        'train-labels-idx1-ubyte.gz',
        'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      ),
      fashion(
        't10k-images-idx3-ubyte.gz',
        '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      ),
      fashion(
        't10k-labels-idx1-ubyte.gz',
        '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      ),
    ],
  },
  cifar10: {
    folder: 'cifar10',
    files: [
      {
        name: 'cifar-10-binary.tar.gz',
        urls: CIFAR.map((base) => `${base}cifar-10-binary.tar.gz`),
        checksum: {
          of: 'file',
          hex: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
        },
        unpack: {
          members: [1, 2, 3, 4, 5].map((k) => `data_batch_${k}.bin`).concat('test_batch.bin'),
          size: 30_730_000,
        },
      },
    ],
  },
}

function mnist(name: string, hex: string): SourceFile {
  const urls = MNIST.map((base) => base + name)
  return { name, urls, checksum: { of: 'content', hex } }
}

function fashion(name: string, hex: string): SourceFile {
  const urls = FASHION.map((base) => base + name)
  return { name, urls, checksum: { of: 'file', hex } }
}
