import { describeScenes } from '../support/gallery-tests.js'

describeScenes('newcomer', 'ada', 'grace', 'root')
