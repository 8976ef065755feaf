/* Calls as they happen, would happen, and happened. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { call, tell } from './carrier.mjs';
import { complaint, fill, focus, input, toast } from './browser.mjs';

const caller = '+12025550188';
const live = (page, text) => page.locator('.live tbody tr', { hasText: text });

/* What comes and goes by itself. */
async function comesAndChanges(page) {
	await page.getByText('No call is in progress').waitFor();
	await page.getByText('As it happens').waitFor();
	const session = await call(caller, process.env.DID,
		{ CallerName: process.env.HOSTILE });
	const row = live(page, caller);
	await row.waitFor();
	assert.ok((await row.textContent()).includes(process.env.HOSTILE));
	const same = await row.elementHandle();
	const since = await row.locator('td').nth(3).textContent();
	await tell(session, 'answered');
	await row.getByText('Answered').waitFor();
	await page.waitForFunction(([each, text]) => each.isConnected &&
		each.cells[3].textContent !== text, [same, since]);
	return { row, session };
}

async function ends(page, session, row) {
	await tell(session, 'completed');
	await row.getByText('Completed').waitFor();
	await page.getByText('No call is in progress').waitFor();
}

/* A carrier that did nothing is asked again, after a while. */
async function asksTwice(page, row) {
	await page.evaluate(() => {
		const later = setTimeout;
		globalThis.setTimeout = (run, ms) => {
			if (ms !== 15000)
				return later(run, ms);
			globalThis.waited = run;
			return 0;
		};
	});
	await page.route('**/hang-up', (route) => route.fulfill({ status: 202,
		json: { data: {} } }), { times: 1 });
	const button = row.getByRole('button', { name: /^Hang up/ });
	await button.click();
	await page.getByRole('dialog').getByRole('button', { name: 'Hang up' })
		.click();
	await toast(page, 'The carrier is asked').waitFor();
	assert.ok(await button.isDisabled());
	await page.evaluate(() => globalThis.waited());
	assert.ok(await button.isEnabled());
}

/* Fingers on the picture, each from its first point to its last. */
async function fingers(page, ...ways) {
	const cdp = await page.context().newCDPSession(page);
	const send = (type, at) => cdp.send('Input.dispatchTouchEvent', { type,
		touchPoints: at === null ? [] : ways.map(([from, to], id) => ({ id,
			x: from.x + (to.x - from.x) * at,
			y: from.y + (to.y - from.y) * at })) });
	await cdp.send('Emulation.setTouchEmulationEnabled', { enabled: true,
		maxTouchPoints: 2 });
	for (const [type, at] of [['touchStart', 0], ['touchMove', 0.3],
		['touchMove', 0.7], ['touchMove', 1], ['touchEnd', null]])
		await send(type, at);
	await cdp.send('Emulation.setTouchEmulationEnabled', { enabled: false });
	await cdp.detach();
}

/* Two fingers make the picture larger where they are, one moves it. */
async function touched(page) {
	const pane = page.locator('.pane');
	const picture = page.locator('.flow-picture');
	const box = async () => (await picture.getAttribute('viewBox')).split(' ')
		.map(Number);
	await pane.scrollIntoViewIfNeeded();
	const at = await pane.boundingBox();
	const point = (dx, dy) => ({ x: at.x + at.width / 2 + dx,
		y: at.y + at.height / 2 + dy });
	const [, , wide] = await box();
	await fingers(page, [point(-40, 0), point(-80, 0)],
		[point(40, 0), point(80, 0)]);
	const [x, y, larger] = await box();
	assert.ok(Math.abs(wide / larger - 2) < 0.1, `${wide} to ${larger}`);
	const scrolled = await page.evaluate(() => scrollY);
	await fingers(page, [point(60, 60), point(-40, -40)]);
	const moved = await box();
	const scale = at.width / larger;
	for (const [now, was] of [[moved[0], x], [moved[1], y]])
		assert.ok(Math.abs((now - was) * scale - 100) < 15, `${was} to ${now}`);
	assert.equal(await page.evaluate(() => scrollY), scrolled);
	await fingers(page, [point(-80, 0), point(-40, 0)],
		[point(80, 0), point(40, 0)]);
	assert.ok(Math.abs((await box())[2] / larger - 2) < 0.1);
	await page.getByRole('button', { name: 'All of it' }).click();
}

/* In a page: the ETags that are polled with, twice and after a stream. */
async function tagsAsked() {
	const streams = [];
	const asked = [];
	const later = setTimeout;
	let told = () => {};
	globalThis.EventSource = class extends EventTarget {
		readyState = 2;
		close() {}
		constructor() {
			super();
			streams.push(this);
			told();
		}
	};
	globalThis.setTimeout = (run) => later(run, 0);
	globalThis.fetch = async (url, { headers }) => {
		asked.push(headers['If-None-Match'] ?? null);
		told();
		return asked.length > 1 ? new Promise(() => {}) : new Response(
			'{"data": {}}', { headers: { ETag: '"e"' } });
	};
	const until = (is) => new Promise((end) => {
		told = () => is() && end();
		told();
	});
	const { watch } = await import('/js/live.js');
	watch({ how() {}, snapshot: () => told() });
	streams[0].dispatchEvent(new Event('error'));
	await until(() => asked.length > 1 && streams.length > 1);
	streams[1].dispatchEvent(new MessageEvent('snapshot', { data: '{}' }));
	streams[1].dispatchEvent(new Event('error'));
	await until(() => asked.length > 2);
	return asked;
}

export const traffic = {
	async 'live calls come and go by themselves'(page) {
		await page.goto('/live-calls.html');
		const { row, session } = await comesAndChanges(page);
		await page.getByRole('status').filter({ hasText: 'Call of' }).waitFor(
			{ state: 'attached' });
		await row.getByRole('button', { name: /^Hang up/ }).click();
		await page.getByRole('dialog').getByRole('button',
			{ name: 'Let them talk' }).click();
		await row.getByRole('button', { name: /^Hang up/ }).click();
		await page.getByRole('dialog').getByRole('button',
			{ name: 'Hang up' }).click();
		await toast(page, 'Without an API key').waitFor();
		await asksTwice(page, row);
		await ends(page, session, row);
	},
	async 'an emergency call is said at once, until somebody has seen it'(page) {
		await page.goto('/live-calls.html');
		await page.getByText('As it happens').waitFor();
		const session = await call('1001', '911', { Direction: 'subscriber' });
		const said = page.getByRole('alert').filter(
			{ hasText: 'Emergency call from 1001 to 911' });
		await said.waitFor();
		await tell(session, 'completed');
		/* Whoever comes later is told as well. */
		await page.goto('/');
		await said.getByRole('link', { name: 'The call' }).waitFor();
		await said.getByRole('button', { name: /^Dismiss/ }).click();
		await said.waitFor({ state: 'detached' });
		await Promise.all([page.waitForResponse((answer) =>
			answer.url().endsWith('/cgi-bin/events')), page.reload()]);
		await page.goto('/live-calls.html');
		await page.getByText('No call is in progress').waitFor();
		assert.equal(await said.count(), 0);
	},
	async 'a call is simulated, and its address is the question'(page) {
		await page.goto('/simulator.html');
		const stops = page.locator('.stop h2');
		await fill(page, { From: 'nobody at all' });
		await page.getByRole('button', { name: 'Simulate' }).click();
		assert.match(await complaint(page, 'To'), /required/);
		await fill(page, { From: caller, To: process.env.GROUP });
		await page.getByRole('button', { name: 'Add an extension' }).click();
		await page.getByLabel('Extension').fill('1001');
		await page.getByLabel('What happens there').selectOption('busy');
		await page.getByRole('button', { name: '25 December' }).click();
		await stops.getByText('1001 is busy').waitFor();
		const heard = await page.locator('.said > [role=status]')
			.elementHandle();
		await page.getByText(/on Friday, December 25|on .*December 25/)
			.waitFor();
		await page.getByRole('link', { name: /^Ring group/ }).first()
			.waitFor();
		await page.getByText('What the carrier is sent').first().click();
		await page.getByText('<Number>1001</Number>').first().waitFor();
		/* The same by its address, and with another moment. */
		const asked = page.url();
		await page.getByLabel('What happens there').selectOption('answers');
		await page.getByRole('button', { name: 'Simulate' }).click();
		await stops.getByText('1001 answers').waitFor();
		assert.match(await heard.evaluate((each) => each.isConnected &&
			each.textContent), /the carrier asks/);
		await page.goto(asked);
		await stops.getByText('1001 is busy').waitFor();
		await fill(page, { At: '' });
		await input(page, 'At').press('1');
		await page.getByRole('button', { name: 'Simulate' }).click();
		assert.match(await complaint(page, 'At'), /not complete/);
		await fill(page, { At: '2026-12-25T10:00' });
		await fill(page, { From: '1002', To: '1001' });
		await page.getByRole('button', { name: 'Remove' }).click();
		await page.getByRole('button', { name: 'Simulate' }).click();
		await stops.getByText('how the call to 1001 ends').waitFor();
		await page.getByRole('button', { name: 'Does not answer' }).click();
		await stops.getByText('1001 does not answer').waitFor();
		assert.ok(await page.evaluate(() => document.activeElement
			.matches('.next button')), await focus(page));
		await page.getByRole('button', { name: 'One step back' }).click();
		await stops.getByText('how the call to 1001 ends').waitFor();
		await page.goBack();
		await stops.getByText('1001 does not answer').waitFor();
		await page.goto(`${asked}&then=nonsense`);
		await page.getByRole('alert').filter({ hasText: 'then.0' })
			.waitFor();
	},
	async 'the ways of a number are a picture and a list'(page) {
		await page.goto('/call-flow.html');
		await page.getByRole('link', { name: process.env.GROUP }).click();
		await page.waitForURL(/number=/);
		const list = page.locator('.flow-list');
		await list.getByRole('link', { name: process.env.GROUP }).waitFor();
		const named = (each) => each.evaluateAll((all) => all.map((one) =>
			one.getAttribute('href')).sort());
		assert.deepEqual([...new Set(await named(list.getByRole('link')))],
			await named(page.locator('.flow-picture a')));
		assert.ok((await named(list.getByRole('link'))).some((href) =>
			href.startsWith('/ring-groups.html?id=')));
		/* By keyboard: larger, moved, all of it again. */
		const box = () => page.locator('.flow-picture')
			.getAttribute('viewBox');
		await page.locator('.flow-picture[viewBox]').waitFor();
		const whole = await box();
		await page.locator('.pane').focus();
		for (const key of ['+', 'ArrowRight', 'ArrowDown']) {
			const before = await box();
			await page.keyboard.press(key);
			assert.notEqual(await box(), before, key);
		}
		await page.keyboard.press('0');
		assert.equal(await box(), whole);
		await touched(page);
		assert.equal(await box(), whole);
		await input(page, 'At').press('1');
		await page.getByRole('button', { name: 'Show', exact: true }).click();
		assert.match(await complaint(page, 'At'), /not complete/);
		await page.getByRole('button', { name: 'Tonight' }).click();
		await page.waitForURL(/at=\d{4}-\d\d-\d\dT22%3A00/);
		await page.getByText(/10:00 PM\. What is dashed/).waitFor();
		const saved = {};
		for (const kind of ['SVG', 'Mermaid']) {
			const [file] = await Promise.all([
				page.waitForEvent('download'), page.getByRole('button',
					{ name: `Save as ${kind}` }).click()]);
			saved[kind] = readFileSync(await file.path(), 'utf8');
		}
		assert.match(saved.Mermaid, /^flowchart LR\n {4}n0\["Number: \+/);
		assert.match(saved.SVG, /^<svg .*<\/svg>$/s);
		assert.doesNotMatch(saved.SVG, / class=|<b |<script/);
		await fill(page, { Number: '555' });
		await page.getByRole('button', { name: 'Show' }).click();
		assert.match(await complaint(page, 'Number'), /number of yours/);
	},
	async 'a call tells how it went'(page) {
		await page.goto('/calls.html?state=completed');
		await page.locator('.rows tbody tr', { hasText: caller }).first()
			.getByRole('link').first().click();
		const moments = page.locator('.moments li');
		await moments.getByText('The carrier asks what to do').waitFor();
		await moments.getByText(/^Own number/).waitFor();
		await moments.getByText('Answered').first().waitFor();
		await moments.last().getByText('The call is over').waitFor();
		await moments.getByText('What was sent').first().click();
		await moments.locator('pre').first().waitFor();
		await page.locator('.legs').getByText('The call').waitFor();
		await page.locator('.path .flow-picture a').first().waitFor();
		await page.getByRole('link', { name: /^Every way/ }).click();
		await page.waitForURL(/call-flow.html\?number=/);
	},
	async 'a recording is listened to from its middle on'(page) {
		const ranges = [];
		const watch = (request) => request.url().endsWith('/audio') &&
			ranges.push(request.headers().range);
		page.on('request', watch);
		await page.goto('/calls.html?from=2026-07-01&to=2026-07-02');
		await page.locator('.rows tbody tr', { hasText: process.env.HOSTILE })
			.first().getByRole('link').first().click();
		const audio = page.locator(
			'.moments audio[src*="/recordings/"]');
		await audio.waitFor();
		const at = await audio.evaluate((each) => new Promise((end, fail) => {
			each.addEventListener('loadedmetadata', () => {
				each.currentTime = 21;
			});
			each.addEventListener('seeked', () => end([each.currentTime,
				Math.round(each.duration)]));
			each.addEventListener('error', () => fail(new Error(
				each.error.message)));
			each.load();
			each.preload = 'auto';
		}));
		assert.deepEqual(at, [21, 30]);
		assert.ok(ranges.some((each) => each?.startsWith('bytes=')), ranges);
		page.off('request', watch);
	},
	async 'calls are plotted over the range of the address'(page) {
		const plots = page.locator('.plots');
		for (const name of ['calls', 'cdrs']) {
			await page.goto(`/${name}.html`);
			await plots.getByText('Calls by day').waitFor();
			await plots.locator('canvas').waitFor();
			/* No two filters are called the same, or are. */
			const named = await page.getByLabel('Add a filter')
				.locator('option').allTextContents();
			assert.ok(['Since', 'Until'].every((each) =>
				named.includes(each)) && !['From', 'To', 'Status'].some(
				(each) => named.includes(each)), `${named}`);
			await plots.getByRole('link', { name: 'Today' }).click();
			await page.waitForURL(/from=\d{4}-\d\d-\d\d$/);
			await plots.getByText('Calls by hour').waitFor();
			await plots.getByRole('img', { name: /^Calls by hour: \d+, \d+ of them/ })
				.waitFor();
			await page.getByRole('button', { name: /Remove the filter/ })
				.click();
			await plots.getByText('Calls by day').waitFor();
			await page.getByRole('button', { name: 'Light or dark' })
				.click();
			assert.equal(await plots.locator('canvas').count(), 1, name);
		}
		/* What was refused is asked again. */
		const refuse = (route) => route.fulfill({ status: 503,
			json: { message: 'Not now.' } });
		const asked = /cgi-bin\/cdrs(\/statistics)?\?/;
		await page.route(asked, refuse);
		await plots.getByRole('link', { name: '7 days' }).click();
		await plots.getByRole('alert').filter({ hasText: 'Not now.' })
			.waitFor();
		await page.unroute(asked, refuse);
		await page.getByRole('button', { name: 'Try again' }).click();
		await plots.locator('canvas').waitFor();
	},
	async 'where no stream is to be had, live calls are polled'(page) {
		const asked = [];
		await page.route('**/cgi-bin/events', (route) => {
			const headers = route.request().headers();
			asked.push(headers['if-none-match']);
			return headers.accept === 'text/event-stream'
				? route.fulfill({ status: 503 }) : route.continue();
		});
		await page.goto('/live-calls.html');
		await page.getByText('Looked at every 3 seconds').waitFor();
		const session = await call(caller, process.env.DID);
		await live(page, caller).waitFor();
		await ends(page, session, live(page, caller));
		assert.ok(asked.some(Boolean), 'nobody asked with an ETag');
		await page.unroute('**/cgi-bin/events');
		/* What a stream told meanwhile is no news by the ETag of before. */
		await page.goto('/404.html');
		assert.deepEqual(await page.evaluate(tagsAsked), [null, '"e"', null]);
	},
};

const question = `/simulator.html?from=${encodeURIComponent(caller)}&to=${
	encodeURIComponent(process.env.GROUP)}&outcome=1001:busy`;

export const trafficPages = { 'live-calls': '/live-calls.html',
	simulator: '/simulator.html', 'simulator-answer': question,
	'simulator-refused': `${question}&then=completed`,
	'call-flow': '/call-flow.html', 'call-flow-picture':
		`/call-flow.html?number=${encodeURIComponent(process.env.GROUP)}` };
