/* An organization with ten thousand extensions: what its pages ask for. */
import assert from 'node:assert/strict';
import { row } from './browser.mjs';
import { ready } from './looks.mjs';

/* What was asked until now: [{ path, begin, end, whole }]; whole: its bytes. */
const asked = (page) => page.evaluate(() => performance.getEntriesByType(
	'resource').map((each) => ({ path: each.name.slice(
	location.origin.length), begin: each.startTime, end: each.responseEnd,
whole: each.decodedBodySize })));

const answers = async (page) => (await asked(page)).filter(({ path }) =>
	path.startsWith('/cgi-bin/'));

/*
 * While run() goes on, what is asked waits until all of its wave is asked, and
 * what is of none for the last: whatever could be asked at once, and is not, is
 * waited for in vain, on a machine of any speed.
 */
async function inWaves(page, waves, run) {
	const left = waves.map((paths) => new Set(paths));
	const open = [];
	const whole = waves.map((paths, i) => new Promise((end) => {
		open[i] = end;
	}));
	const wait = async (route) => {
		const path = route.request().url().replace(/.*\/cgi-bin\/|\?.*/g, '');
		const i = waves.findIndex((paths) => paths.includes(path));
		left[i]?.delete(path);
		if (left[i]?.size === 0)
			open[i]();
		await whole.at(i);
		await route.continue().catch(() => {});
	};
	await page.route('**/cgi-bin/**', wait);
	try {
		await run();
	} catch (error) {
		throw new Error(`never asked at once: ${left.map((each) =>
			[...each].join(' ')).join(', ')}`, { cause: error });
	} finally {
		open.forEach((each) => each());
		await page.unroute('**/cgi-bin/**', wait);
	}
}

export const far = {
	async 'of ten thousand extensions one page is asked for, at once'(page) {
		await inWaves(page, [['session', 'schema'], ['extensions']],
			async () => {
				await page.goto('/extensions.html');
				await row(page, '100001').waitFor();
			});
		const all = await answers(page);
		const lists = all.filter(({ path }) =>
			path.startsWith('/cgi-bin/extensions'));
		assert.deepEqual(lists.map(({ path }) => path),
			['/cgi-bin/extensions']);
		assert.ok(lists[0].whole < 64 * 1024, `${lists[0].whole} bytes`);
		assert.ok(all.length <= 5, all.map(({ path }) => path).join(' '));
		await page.getByText('1–25 of 10,000').waitFor();
	},
	async 'a page names all modules that it begins with'(page) {
		for (const path of ['/', '/extensions.html', '/call-flow.html']) {
			await ready(page, path);
			const html = await (await page.request.get(path)).text();
			const late = (await asked(page)).filter((each) =>
				/^\/js\/.*\.js$/.test(each.path) &&
				!html.includes(`"${each.path}"`));
			assert.deepEqual(late, [], path);
		}
	},
	async 'what the dashboard shows is asked for at once'(page) {
		await inWaves(page, [['session'], ['calls/statistics',
			'cdrs/statistics', 'calls/active']], () => ready(page, '/'));
		const all = await answers(page);
		assert.ok(all.length <= 14, `${all.length} requests`);
		/* What takes longest keeps no connection from them. */
		const figures = all.filter(({ path }) =>
			/statistics|active/.test(path)).slice(0, 3);
		const report = all.find(({ path }) => path.includes('health'));
		assert.ok(figures.length === 3 && figures.every(({ end }) =>
			end <= report.begin), JSON.stringify(all));
		/* Of the day that it is in India. */
		const live = page.locator('section', { hasText: 'In progress' });
		const time = live.locator('time');
		const at = new Date(await time.getAttribute('datetime'));
		const there = (how) => new Intl.DateTimeFormat('en-US', { ...how,
			timeZone: 'Asia/Kolkata' });
		assert.equal((await time.textContent()).replace(/\s/g, ' '), there({
			month: 'short', day: 'numeric', hour: '2-digit',
			minute: '2-digit' }).format(at).replace(/\s/g, ' '));
		const [month, day, year] = there({ year: 'numeric', month: '2-digit',
			day: '2-digit' }).format(new Date()).split('/');
		assert.ok(all.some(({ path }) => path.includes('by=hour') &&
			path.includes(`from=${year}-${month}-${day}`)));
		await page.getByRole('link', { name: 'Missed today' }).and(
			page.locator(`[href$="from=${year}-${month}-${day}"]`)).waitFor();
		/* Its call is a bar. */
		assert.ok(await page.locator('canvas').evaluate(async (each) => {
			const { colour } = await import('/js/dom.js');
			const [r, g, b] = colour('--edge').match(/\d+/g).map(Number);
			const { data } = each.getContext('2d').getImageData(0, 0,
				each.width, each.height);
			for (let i = 0; i < data.length; i += 4)
				if (data[i] === r && data[i + 1] === g && data[i + 2] === b)
					return true;
			return false;
		}));
	},
	async 'of a refusal the dashboard says where, and asks again'(page) {
		const refuse = (route) => route.fulfill({ status: 503,
			json: { message: 'Not now.' } });
		await page.route('**/health/configuration', refuse);
		await page.goto('/');
		await page.getByRole('alert').filter({ hasText: 'Not now.' }).waitFor();
		const wrong = page.locator('section', { hasText: 'needs attention' });
		await wrong.getByText('Not now.').waitFor();
		await page.getByRole('img', { name: /: 1, 0 of them/ }).waitFor();
		await page.unroute('**/health/configuration', refuse);
		await page.evaluate(() => document.dispatchEvent(
			new Event('visibilitychange')));
		await wrong.getByText('Not now.').waitFor({ state: 'detached' });
		await page.getByRole('alert').waitFor({ state: 'detached' });
	},
	async 'what the dashboard shows stays while it is the same'(page) {
		const active = '**/calls/active';
		const again = () => Promise.all([page.waitForResponse(active),
			page.evaluate(() => document.dispatchEvent(
				new Event('visibilitychange')))]);
		const call = page.locator('section', { hasText: 'In progress' })
			.getByRole('link');
		await call.focus();
		const same = await call.elementHandle();
		await again();
		/* A later answer is there when that one has been drawn. */
		await again();
		assert.ok(await same.evaluate((each) => each.isConnected &&
			each === document.activeElement));
		/* And says of when it is, when nobody can tell any more. */
		await page.route(active, (route) => route.fulfill({ status: 503,
			json: { message: 'Not now.' } }));
		await again();
		const old = page.getByText(/^as of \d+:\d\d/);
		await old.nth(1).waitFor();
		assert.equal(await old.count(), 2);
		assert.equal(await page.getByRole('alert').count(), 0);
		assert.ok(await same.evaluate((each) => each.isConnected));
		await page.unroute(active);
		await again();
		await old.first().waitFor({ state: 'detached' });
	},
	async 'a search asks each kind for a few, at once'(page) {
		await page.goto('/extensions.html');
		await row(page, '100001').waitFor();
		await page.keyboard.press('Control+k');
		const box = page.getByRole('dialog').getByRole('combobox');
		await box.waitFor();
		await page.evaluate(() => performance.clearResourceTimings());
		await inWaves(page, [['dids', 'extensions', 'users', 'ring-groups',
			'ivr-menus', 'business-hours', 'conference-rooms', 'prompts',
			'outbound-rules']], async () => {
			await box.fill('109999');
			await page.getByRole('option', { name: /^109999/ }).waitFor();
		});
		const all = (await answers(page)).filter(({ path }) =>
			path.includes('q='));
		assert.ok(all.length <= 10, `${all.length} requests`);
		assert.ok(all.every(({ path }) => path.includes('per_page=5')));
	},
};
