import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { FetchRefusal, fetchPicture, type Network } from './fetch-picture.ts';
import { isGlobal } from './global-address.ts';

let site: Server;
let port: number;
/** What has been asked of the site, which a refusal must not. */
let asked: string[] = [];

/** Pages by path: a body, or where it leads. */
const pages: Readonly<Record<string, string>> = {
  '/picture': 'bytes',
  '/moved': '-> /picture',
  '/inside': '-> http://inside.test:PORT/picture',
  '/machine': '-> http://127.0.0.1:PORT/picture',
  '/file': '-> file:///etc/passwd',
  '/round': '-> /round',
};

before(async () => {
  site = createServer(({ url = '' }, response) => {
    asked.push(url);
    const page = pages[url];
    if (page === undefined) response.writeHead(404).end();
    else if (page.startsWith('-> ')) {
      response.writeHead(302, { location: page.slice(3).replace('PORT', String(port)) }).end();
    } else response.end(page);
  });
  await new Promise<void>((resolve) => {
    site.listen(0, '127.0.0.1', resolve);
  });
  ({ port } = site.address() as AddressInfo);
});
after(() => site.close());

/** A world in which 127.0.0.1 is the internet when it is reached by the name of a site outside. */
function world(): Network {
  let current = '';
  return {
    addressesOf: async (name) => {
      current = name;
      if (name === 'nowhere.test') throw new Error('ENOTFOUND');
      return name === 'both.test' ? ['127.0.0.1', '10.0.0.1'] : ['127.0.0.1'];
    },
    isAllowed: (address) => {
      const isOutside = ['outside.test', 'both.test'].includes(current) && address === '127.0.0.1';
      current = '';
      return isOutside;
    },
  };
}

for (const path of ['/picture', '/moved']) {
  test(`${path} of the internet is fetched`, async () => {
    assert.equal((await fetchPicture(`http://outside.test:${port}${path}`, world())).toString(), 'bytes');
  });
}

for (const [what, address, reason] of [
  ['a redirect into the network', 'http://outside.test:PORT/inside', 'local'],
  ['a redirect to this machine', 'http://outside.test:PORT/machine', 'local'],
  ['a redirect to a file', 'http://outside.test:PORT/file', 'failed'],
  ['redirects without end', 'http://outside.test:PORT/round', 'failed'],
  ['a page that is not there', 'http://outside.test:PORT/nothing', 'failed'],
  ['a name in the network', 'http://inside.test:PORT/picture', 'local'],
  ['a name with one address in the network', 'http://both.test:PORT/picture', 'local'],
  ['a name that nobody knows', 'http://nowhere.test/', 'local'],
  ['this machine', 'http://127.0.0.1:PORT/picture', 'local'],
  ['no address', 'http://', 'failed'],
] as const) {
  test(`${what} is refused`, async () => {
    asked = [];
    const url = address.replace('PORT', String(port));
    await assert.rejects(fetchPicture(url, world()), (error) => {
      assert.ok(error instanceof FetchRefusal, String(error));
      assert.equal(error.reason, reason);
      return true;
    });
    assert.ok(!asked.includes('/picture'));
  });
}

for (const address of [
  '127.0.0.1',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:0:7f00:1::',
  '2001:db8::1',
  'no address',
]) {
  test(`${address} is not on the internet`, () => assert.equal(isGlobal(address), false));
}

for (const address of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700:4700::1111']) {
  test(`${address} is on the internet`, () => assert.equal(isGlobal(address), true));
}

for (const url of [
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::1]/',
  'http://017700000001/',
  'http://localhost/',
]) {
  test(`${url} is this machine, however it is written`, async () => {
    await assert.rejects(fetchPicture(url), { name: 'FetchRefusal', reason: 'local' });
  });
}
