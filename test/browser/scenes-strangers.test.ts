import { describeScenes } from '../support/gallery-tests.js'

describeScenes('nobody')
