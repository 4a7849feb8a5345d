import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  stripDatePrefix,
  parseCheckpointMetadata,
  parseCheckpointRef,
  parseSessionMetadata,
  parseCheckpointTrailers,
  parseTranscriptPath,
  parseTranscriptTreePath,
} from './entire'

const corpus = join(process.cwd(), '../shared/corpus/entire')

describe('checkpoint metadata', () => {
  test('sessions of a checkpoint keep their numbers, also with gaps', () => {
    const root = parseCheckpointMetadata(
      JSON.stringify({
        checkpoint_id: 'abcdef012345',
        branch: '',
        files_touched: ['a.ts'],
        sessions: [
          { metadata: '/ab/cdef012345/0/metadata.json', transcript: '/ab/cdef012345/0/full.jsonl', prompt: '' },
          { metadata: '/ab/cdef012345/2/metadata.json', transcript: '/ab/cdef012345/2/full.jsonl' },
          'not an entry',
        ],
      }),
    )
    expect(root).toMatchObject({ checkpointId: 'abcdef012345', branch: null, filesTouched: ['a.ts'] })
    expect(root?.sessions.map((session) => session.index)).toEqual([0, 2])
  })

  test('a session id loses the day in front and odd fields do not matter', () => {
    const session = parseSessionMetadata(
      JSON.stringify({
        checkpoint_id: 'abcdef012345',
        session_id: '2026-01-05-0bb9a2d9-a51e-4d5a-8275-566c766a0ff2',
        files_touched: null,
        model: '',
        agent: 7,
        transcript_lines_at_start: 12,
        transcript_uuid_at_start: 'u-1',
        something_new: {},
      }),
    )
    expect(session).toMatchObject({
      sessionId: '0bb9a2d9-a51e-4d5a-8275-566c766a0ff2',
      filesTouched: [],
      model: null,
      agent: null,
      startLine: 12,
      startUuid: 'u-1',
    })
    expect(stripDatePrefix('0bb9a2d9-a51e-4d5a-8275-566c766a0ff2')).toBe('0bb9a2d9-a51e-4d5a-8275-566c766a0ff2')
  })

  test('what is no metadata is null', () => {
    for (const json of ['', '{', '[]', '{"session_id":1}', 'null']) {
      expect(parseCheckpointMetadata(json)).toBeNull()
      expect(parseSessionMetadata(json)).toBeNull()
    }
  })

  test.skipIf(!existsSync(corpus))('real metadata of both layouts is read', () => {
    const branch = join(corpus, 'v1-multi-agent/bb/21edce625a')
    expect(parseCheckpointMetadata(readFileSync(join(branch, 'metadata.json'), 'utf8'))?.sessions).toHaveLength(6)
    const session = parseSessionMetadata(readFileSync(join(branch, '5/metadata.json'), 'utf8'))
    expect(session?.sessionId).toBe('f82fa48e-a8dd-42c8-a49a-7193b101bbf5')
    const ref = join(corpus, 'git-refs-ulid/01KX3C7BMTWA91N5D9E0V15CXG/metadata.json')
    expect(parseCheckpointMetadata(readFileSync(ref, 'utf8'))?.sessions.map((entry) => entry.index)).toEqual([0])
  })
})

describe('places of a checkpoint', () => {
  test('a path of the branch names the checkpoint, the session and the part of the transcript', () => {
    const place = { checkpointId: 'abcdef012345', sessionIndex: 3 }
    expect(parseTranscriptPath('ab/cdef012345/3/full.jsonl')).toEqual({ ...place, file: 'transcript', part: 0 })
    expect(parseTranscriptPath('ab/cdef012345/3/full.jsonl.010')).toEqual({ ...place, file: 'transcript', part: 10 })
    expect(parseTranscriptPath('/ab/cdef012345/3/metadata.json')).toEqual({ ...place, file: 'metadata', part: 0 })
    for (const other of ['ab/cdef012345/metadata.json', 'ab/cdef012345/3/prompt.txt', 'README.md', '']) {
      expect(parseTranscriptPath(other)).toBeNull()
    }
  })

  test('a ref of its own holds one checkpoint', () => {
    const ref = 'refs/entire/checkpoints/XG/01KX3C7BMTWA91N5D9E0V15CXG'
    expect(parseCheckpointRef(ref)).toBe('01KX3C7BMTWA91N5D9E0V15CXG')
    expect(parseCheckpointRef('refs/heads/main')).toBeNull()
    expect(parseTranscriptTreePath('01K', '0/full.jsonl')).toMatchObject({
      checkpointId: '01K',
      sessionIndex: 0,
      part: 0,
    })
  })
})

test('all trailers of a squashed commit are found and prose about them is not', () => {
  const message = [
    'Squash (#12)',
    '',
    'Adds the Entire-Checkpoint trailer to commits.',
    '* one',
    '  Entire-Checkpoint: 0123456789ab',
    'Entire-Checkpoint: 01KX3C7BMTWA91N5D9E0V15CXG',
    'Entire-Checkpoint: 0123456789ab',
    'Entire-Session: 2026-01-05-0bb9a2d9-a51e-4d5a-8275-566c766a0ff2',
    'Entire-Strategy: manual-commit',
  ].join('\n')
  expect(parseCheckpointTrailers(message)).toEqual({
    checkpointIds: ['0123456789ab', '01KX3C7BMTWA91N5D9E0V15CXG'],
    sessionIds: ['0bb9a2d9-a51e-4d5a-8275-566c766a0ff2'],
    strategy: 'manual-commit',
    agent: null,
    shadowBranch: null,
  })
})
