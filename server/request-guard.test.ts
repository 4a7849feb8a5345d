import { describe, expect, test } from 'vitest'
import { type GuardOptions, refuseRequest } from './request-guard'

const loopback: GuardOptions = { host: '127.0.0.1', boundPort: 4700, allowedHosts: [] }

function ask(headers: Record<string, string>, { method = 'GET', pathname = '/', options = loopback } = {}) {
  return refuseRequest({ method, pathname, headers: new Headers(headers) }, options)?.status ?? 200
}

const JSON_TYPE = { 'content-type': 'application/json' }

describe('the Host of a request', () => {
  for (const host of ['localhost:4700', '127.0.0.1:4700', '127.8.9.1:4700', '[::1]:4700', 'LOCALHOST:4700']) {
    test(`${host} is this machine`, () => expect(ask({ host })).toBe(200))
  }
  for (const host of [
    '',
    'evil.example',
    'evil.example:4700',
    'localhost',
    'localhost:4701',
    'localhost.evil.example:4700',
    '127.0.0.1.nip.io:4700',
    '192.168.0.7:4700',
    'localhost:4700@evil.example',
    'localhost:4700, evil.example',
    '::1:4700',
    '[::1',
  ]) {
    test(`"${host}" is refused`, () => expect(ask({ host })).toBe(403))
  }

  test('a host that a person configured is let in, and only that one', () => {
    const options = { ...loopback, host: '192.168.0.7', allowedHosts: ['history.example', 'box:8080'] }
    expect(ask({ host: '192.168.0.7:4700' }, { options })).toBe(200)
    expect(ask({ host: 'history.example' }, { options })).toBe(200)
    expect(ask({ host: 'box:8080' }, { options })).toBe(200)
    expect(ask({ host: 'box:8081' }, { options })).toBe(403)
    expect(ask({ host: '192.168.0.8:4700' }, { options })).toBe(403)
  })

  test('listening everywhere lets addresses in, but no foreign name', () => {
    const options = { ...loopback, host: '0.0.0.0' }
    expect(ask({ host: '192.168.0.7:4700' }, { options })).toBe(200)
    expect(ask({ host: 'evil.example:4700' }, { options })).toBe(403)
  })
})

describe('where a request comes from', () => {
  const host = 'localhost:4700'
  test('a page of another site can neither read nor change', () => {
    for (const origin of ['https://evil.example', 'http://localhost:3000', 'http://127.0.0.1:4700', 'null', '']) {
      expect(ask({ host, origin }, { pathname: '/api/trpc/system.status' })).toBe(403)
      expect(ask({ host, origin, ...JSON_TYPE }, { method: 'POST', pathname: '/api/v1/contracts' })).toBe(403)
      expect(ask({ host, origin }, { pathname: '/contracts' })).toBe(403)
    }
  })
  test('our own page and programs that are no browser can', () => {
    expect(ask({ host, origin: 'http://localhost:4700', 'sec-fetch-site': 'same-origin' })).toBe(200)
    expect(ask({ host, ...JSON_TYPE }, { method: 'POST', pathname: '/api/v1/contracts' })).toBe(200)
  })
  test('what a foreign page embeds is refused, also without Origin', () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { host, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
      expect(ask(headers, { pathname: '/tasks/x' })).toBe(403)
      expect(ask(headers, { pathname: '/api/trpc/history.onEvent' })).toBe(403)
    }
  })
  test('a link on another site opens a page, but no API and no frame', () => {
    const headers = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect(ask(headers, { pathname: '/tasks/x' })).toBe(200)
    expect(ask(headers, { pathname: '/api/v1/contracts' })).toBe(403)
    expect(ask(headers, { pathname: '/API/v1/contracts' })).toBe(403)
    expect(ask({ ...headers, 'sec-fetch-dest': 'iframe' }, { pathname: '/tasks/x' })).toBe(403)
    expect(ask({ ...headers, ...JSON_TYPE }, { method: 'POST', pathname: '/tasks/x' })).toBe(403)
  })
})

test('a plain form cannot send a change', () => {
  const host = 'localhost:4700'
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ]) {
    expect(ask({ host, 'content-type': type, 'content-length': '2' }, { method: 'POST' })).toBe(415)
  }
  expect(ask({ host, 'content-length': '2' }, { method: 'POST' })).toBe(415)
  expect(ask({ host, 'content-type': 'application/json; charset=utf-8' }, { method: 'POST' })).toBe(200)
  expect(ask({ host }, { method: 'DELETE' })).toBe(200)
})
