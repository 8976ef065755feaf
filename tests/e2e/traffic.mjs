/* Calls as they happen, would happen, and happened. */
import assert from 'node:assert/strict';
import { call, tell } from './carrier.mjs';
import { toast } from './browser.mjs';

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
		await ends(page, session, row);
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
	},
};

export const trafficPages = { 'live-calls': '/live-calls.html' };
