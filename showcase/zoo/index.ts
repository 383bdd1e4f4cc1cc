/** The zoo: published models by topics, in the order of the page. */
import type { Showcase } from '../examples.table.ts'
import { creditAssignment } from './credit_assignment.table.ts'
import { showcaseOf, type ZooModel, type ZooTopic } from './model.ts'
import { recurrent } from './recurrent.table.ts'
import { spikes } from './spikes.table.ts'
import { unsupervised } from './unsupervised.table.ts'

export const zoo: readonly ZooTopic[] = [
  { folder: 'credit_assignment', title: 'Credit assignment', models: creditAssignment },
  { folder: 'recurrent', title: 'Recurrent rate networks', models: recurrent },
  { folder: 'unsupervised', title: 'Unsupervised learning', models: unsupervised },
  { folder: 'spikes', title: 'Spikes', models: spikes },
]

/** Every model with its topic. */
export const zooModels: readonly { readonly topic: ZooTopic; readonly model: ZooModel }[] =
  zoo.flatMap((topic) => topic.models.map((model) => ({ topic, model })))

/** All of them as examples. */
export const zooShowcases: readonly Showcase[] = zooModels.map(({ topic, model }) =>
  showcaseOf(topic, model),
)
