/*
 * How long people wait until a page shows data: from the navigation until what
 * came is painted, with nothing cached.  Prints { name: [milliseconds] }.
 */
import { open, people, signIn } from '../e2e/browser.mjs';

const REPEATS = Number(process.env.REPEATS);

/* Before a page's scripts: notes when all that is wanted was painted. */
function watch() {
	const shown = () => {
		const tiles = [...document.querySelectorAll('.tile b')];
		return document.querySelector('.rows tbody tr:not(.wait)') ||
			document.querySelector('[role=option][href*="?id="]') ||
			(tiles.length > 0 && tiles.every((each) =>
				each.textContent !== '…')) ||
			document.querySelector('h1')?.textContent.includes('nothing');
	};
	new MutationObserver((seen, observer) => {
		if (!shown())
			return;
		observer.disconnect();
		requestAnimationFrame(() => {
			const { port1, port2 } = new MessageChannel();
			port1.onmessage = () => {
				globalThis.paintedAt = performance.now();
			};
			port2.postMessage(null);
		});
	}).observe(document, { childList: true, subtree: true,
		characterData: true });
}

const painted = async (page) => (await page.waitForFunction(() =>
	globalThis.paintedAt)).jsonValue();

async function shows(page, cdp, path) {
	await cdp.send('Network.clearBrowserCache');
	await page.goto(path);
	return painted(page);
}

/* From the last key to what it found. */
async function finds(page) {
	await page.goto('/404.html');
	await page.goto('/settings.html');
	await page.locator('main:not([aria-busy])').waitFor();
	await page.keyboard.press('Control+k');
	await page.getByRole('dialog').getByRole('combobox').waitFor();
	await page.keyboard.type('10999');
	await page.evaluate(() => addEventListener('keydown', () => {
		globalThis.pressedAt = performance.now();
	}, true));
	await page.keyboard.press('9');
	return await painted(page) - await page.evaluate(() =>
		globalThis.pressedAt);
}

const one = await open();
const cdp = await one.page.context().newCDPSession(one.page);
await one.page.addInitScript(watch);
await signIn(one.page, people.far);
const found = { nothing: [], extensions: [], dashboard: [], search: [] };
for (let i = 0; i < REPEATS; i += 1) {
	found.nothing.push(await shows(one.page, cdp, '/404.html'));
	found.extensions.push(await shows(one.page, cdp, '/extensions.html'));
	found.dashboard.push(await shows(one.page, cdp, '/'));
	found.search.push(await finds(one.page));
}
await one.close();
console.log(JSON.stringify(found));
