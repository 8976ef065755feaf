/* Ctrl-K, telephones, and who runs the platform. */
import assert from 'node:assert/strict';
import { fill, focus, heading, holds, input, row, submit, toast, twice, until }
	from './browser.mjs';

const finder = (page) => page.getByRole('dialog', { name: 'Search' });

/* A second of silence, as WAV: 8000 Hz, 16 bits. */
function sound(samples) {
	const made = Buffer.alloc(44 + samples * 2);
	made.write('RIFF');
	made.writeUInt32LE(36 + samples * 2, 4);
	made.write('WAVEfmt ', 8);
	made.writeUInt32LE(16, 16);
	made.writeUInt16LE(1, 20);
	made.writeUInt16LE(1, 22);
	made.writeUInt32LE(8000, 24);
	made.writeUInt32LE(16000, 28);
	made.writeUInt16LE(2, 32);
	made.writeUInt16LE(16, 34);
	made.write('data', 36);
	made.writeUInt32LE(samples * 2, 40);
	return made;
}

/* In a page: what is recorded until now, and beeped(), whether it sounds. */
function listen() {
	const parts = [];
	globalThis.recorders = 0;
	globalThis.MediaRecorder = class extends MediaRecorder {
		constructor(...how) {
			super(...how);
			globalThis.recorders += 1;
			this.addEventListener('dataavailable', ({ data }) =>
				parts.push(data));
		}
	};
	globalThis.recorded = parts;
	globalThis.beeped = async () => (await new OfflineAudioContext(1, 1, 8000)
		.decodeAudioData(await new Blob(parts).arrayBuffer()))
		.getChannelData(0).some((at) => at > 0.02);
}

export const finding = {
	async 'Ctrl-K leads to pages, numbers and people'(page) {
		await page.goto('/');
		await heading(page, 'Dashboard');
		await page.keyboard.press('Control+k');
		await finder(page).waitFor();
		await page.keyboard.type('ring gr');
		await finder(page).getByRole('option', { name: 'Ring groups' })
			.waitFor();
		await page.keyboard.press('Enter');
		await page.waitForURL(/ring-groups\.html/);
		await heading(page, 'Ring groups');
		await page.getByRole('button', { name: 'Search', exact: true })
			.click();
		await finder(page).waitFor();
		await page.keyboard.type('zzz');
		await finder(page).getByText('Nothing is called that').waitFor();
		await page.keyboard.press('Escape');
		await finder(page).waitFor({ state: 'detached' });
		await page.keyboard.press('Control+k');
		await finder(page).waitFor();
		await finder(page).getByRole('combobox').fill('calls');
		/* Their name is another. */
		await finder(page).getByRole('option', { name: 'Blocked callers' })
			.waitFor({ state: 'detached' });
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/calls\.html/);
		await heading(page, 'Calls');
		await page.keyboard.press('Control+k');
		await finder(page).getByRole('combobox').fill('1001');
		await page.keyboard.press('Enter');
		await heading(page, '1001 Ann');
		await page.keyboard.press('Control+k');
		await finder(page).getByRole('combobox').fill('what ring');
		await page.keyboard.press('Enter');
		await heading(page, 'What is a ring group?');
		/* It is read before it is known who reads. */
		await page.getByRole('button', { name: 'Search', exact: true })
			.click();
		await finder(page).getByRole('combobox').fill('agent@');
		await finder(page).getByRole('option', { name: /Agent/ }).waitFor();
		await page.keyboard.press('Enter');
		await page.waitForURL(/users\.html\?id=/);
		/* The link of a first mail would be no good after a second. */
		const invited = twice(page, '/invite');
		await page.getByRole('button', { name: 'Send an invitation' })
			.evaluate(invited.press);
		await toast(page, 'is on its way').waitFor();
		assert.equal(invited.end(), 1);
	},
	async 'an extension shows what its telephone needs'(page) {
		await page.goto('/extensions.html?q=1001');
		await row(page, 'Ann').getByText('Idle').waitFor();
		/* What is asked behind a form sends nobody away from it. */
		await page.route('**/cgi-bin/events', (route) => route.fulfill(
			{ status: 401, json: { message: 'No.' } }));
		const looked = page.waitForResponse((answer) => answer.url()
			.endsWith('/events') && answer.request().resourceType() ===
			'fetch');
		await row(page, 'Ann').getByRole('link').first().click();
		await heading(page, '1001 Ann');
		await looked;
		await page.unroute('**/cgi-bin/events');
		const side = page.locator('aside');
		await side.getByText(process.env.DOMAIN, { exact: true }).waitFor();
		assert.equal(await side.getByText('••••••••').count(), 1);
		await side.getByRole('button', { name: 'Show', exact: true }).click();
		assert.equal(await focus(page), 'Copy');
		const password = await side.locator('dd code').nth(2).textContent();
		assert.ok(password.length >= 16, 'a password is as long as that');
		/* It is not replaced by one press. */
		await page.getByRole('button', { name: 'New SIP password' }).click();
		await page.getByRole('dialog').getByRole('button',
			{ name: 'Leave it' }).click();
		await page.getByRole('dialog').waitFor({ state: 'detached' });
		await side.getByRole('button', { name: 'Show QR code' }).click();
		const code = page.getByRole('img', { name: 'QR code' });
		await code.waitFor();
		/* As many modules as such a text takes, and a margin of four. */
		const n = Number((await code.getAttribute('viewBox')).split(' ')[2]);
		assert.equal((n - 8 - 17) % 4, 0);
		assert.ok((await code.locator('path').getAttribute('d'))
			.startsWith('M0 0h1v1h-1z'));
		await page.getByRole('dialog').getByRole('button', { name: 'Done' })
			.click();
	},
	async 'rows are dragged into order'(page) {
		await page.goto('/ivr-menus.html');
		await row(page, 'Reception').getByRole('link').first().click();
		await holds(page, { 'Option 1/Digits': '1' });
		const grip = async (n) => (await page.getByRole('group',
			{ name: `Option ${n}`, exact: true }).locator('.grip')
			.boundingBox());
		await page.getByRole('group', { name: 'Option 2', exact: true })
			.scrollIntoViewIfNeeded();
		/* Where it stands still. */
		await page.getByRole('group', { name: 'Option 2', exact: true })
			.locator('.grip').hover();
		await page.mouse.down();
		const to = await grip(1);
		await page.mouse.move(to.x + 4, to.y - 20, { steps: 5 });
		await page.mouse.up();
		await holds(page, { 'Option 1/Digits': '2' });
		await submit(page);
		await toast(page, 'Saved').waitFor();
		await page.reload();
		await holds(page, { 'Option 1/Digits': '2', 'Option 2/Digits': '1' });
	},
	async 'a greeting is uploaded where it is used, and heard'(page) {
		await page.goto('/ivr-menus.html');
		await row(page, 'Reception').getByRole('link').first().click();
		await heading(page, 'Reception');
		const upload = page.getByRole('group', { name: 'Greeting' })
			.getByRole('button', { name: 'Upload' });
		const box = page.getByRole('dialog', { name: 'New prompt' });
		/* Who cancels is heard no more. */
		await page.evaluate(() => {
			const { mediaDevices: all } = navigator;
			const get = all.getUserMedia.bind(all);
			all.getUserMedia = async (how) => {
				globalThis.heard = await get(how);
				return globalThis.heard;
			};
		});
		await upload.click();
		await box.getByRole('button', { name: 'Record' }).click();
		await box.getByText('Speak now').waitFor();
		await box.getByRole('button', { name: 'Cancel' }).click();
		await page.waitForFunction(() => globalThis.heard.getTracks()
			.every((each) => each.readyState === 'ended'));
		await upload.click();
		await box.getByLabel('Name').fill('Hello there');
		await box.getByLabel('File').setInputFiles({ name: 'hello.wav',
			mimeType: 'audio/wav', buffer: Buffer.from('no sound') });
		await box.getByRole('button', { name: 'Create prompt' }).click();
		await box.locator('.complaint:not([hidden]), .alert').first()
			.waitFor();
		await box.getByLabel('File').setInputFiles({ name: 'hello.wav',
			mimeType: 'audio/wav', buffer: sound(8000) });
		await box.getByRole('button', { name: 'Create prompt' }).click();
		await box.waitFor({ state: 'detached' });
		await holds(page, { Prompt: 'Hello there' });
		await page.locator('.heard audio').waitFor();
		await fill(page, { Text: '' });
		await submit(page);
		await toast(page, 'Saved').waitFor();
		await page.reload();
		await holds(page, { Prompt: 'Hello there' });
		assert.ok(await page.locator('.heard audio').evaluate((each) =>
			fetch(each.src).then((answer) => answer.ok)));
	},
	async 'a prompt is spoken into the browser'(page) {
		await page.goto('/prompts.html?new');
		await fill(page, { Name: 'Spoken' });
		await page.evaluate(listen);
		/* Two presses are one recorder: none could end the other. */
		await page.getByRole('button', { name: 'Record', exact: true })
			.evaluate((each) => [each.click(), each.click()]);
		await page.getByText('Speak now').waitFor();
		assert.ok(await page.evaluate(() => globalThis.recorded.some((each) =>
			each.size > 0)), 'the first word is lost');
		assert.equal(await page.evaluate(() => globalThis.recorders), 1);
		/* The microphone beeps now and then. */
		assert.ok(await until(page, () => page.evaluate(() =>
			globalThis.beeped())), 'nothing is recorded');
		await page.getByRole('button', { name: 'Stop' }).click();
		await page.getByRole('button', { name: 'Play it' }).waitFor();
		/* What is being spoken is saved as far as it goes. */
		await page.evaluate(listen);
		await page.getByRole('button', { name: 'Record again' }).click();
		await page.getByText('Speak now').waitFor();
		assert.ok(await until(page, () => page.evaluate(() =>
			globalThis.beeped())), 'nothing is recorded again');
		await submit(page);
		await heading(page, 'Spoken');
		const [head, loud] = await page.locator('aside audio').evaluate(
			async (each) => {
				const bytes = await (await fetch(each.src)).arrayBuffer();
				return [new TextDecoder().decode(bytes.slice(0, 4)),
					new Int16Array(bytes, 44).some((at) => at > 500)];
			});
		assert.equal(head, 'RIFF');
		assert.ok(loud, 'nothing is heard');
	},
	async 'an owner says who the organization is'(page) {
		await page.goto('/organizations.html');
		/* What there is to choose from comes when somebody comes. */
		await input(page, 'Timezone').focus();
		await page.locator('#zones option[value="America/New_York"]').waitFor(
			{ state: 'attached' });
		await input(page, 'Emergency trunk').focus();
		await page.locator('#trunks option[value=main]').waitFor(
			{ state: 'attached' });
		await fill(page, { 'Emergency trunk': 'help' });
		await input(page, 'Emergency trunk').blur();
		await page.getByText('no trunk of that name').waitFor();
		await submit(page);
		await toast(page, 'Saved').waitFor();
		assert.equal(await input(page, 'Domain').count(), 0);
		await page.reload();
		await holds(page, { 'Emergency trunk': 'help' });
	},
};

/* Somebody of the platform, signed in. */
export const platform = {
	async 'an operator makes an organization, and stops it'(page) {
		await page.waitForURL(/organizations/);
		await heading(page, 'Organizations');
		await page.goto('/organizations.html?new');
		await fill(page, { Name: 'Acme', Country: 'USA' });
		await submit(page);
		await page.locator('.complaint:not([hidden])').first().waitFor();
		await fill(page, { Country: 'US', 'Short name': 'acme' });
		await page.getByRole('group', { name: 'Owner' }).getByLabel('E-mail')
			.fill('owner@acme.example');
		await submit(page);
		await page.getByRole('heading', { name: 'Copy these now' }).waitFor();
		assert.match(await page.locator('main code').first().textContent(),
			/^https?:/);
		await page.getByRole('link', { name: 'Done' }).click();
		await heading(page, 'Acme');
		await page.getByText('None yet').waitFor();
		const number = page.getByLabel('Assign a number');
		await number.fill('12');
		await page.getByRole('button', { name: 'Assign' }).click();
		await page.locator('aside .complaint:not([hidden])').waitFor();
		await number.fill('+12125554321');
		const assigned = twice(page, '/dids?');
		await page.getByRole('button', { name: 'Assign' }).evaluate(
			assigned.press);
		await page.locator('aside li', { hasText: '+12125554321' }).waitFor();
		assert.equal(assigned.end(), 1);
		await page.getByRole('button', { name: 'Delete', exact: true })
			.click();
		await page.getByRole('dialog').getByText('shut out').waitFor();
		await page.getByRole('button', { name: 'Keep it' }).click();
		const listed = page.locator('aside li', { hasText: '+12125554321' });
		await listed.getByRole('button', { name: /^Remove/ }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Remove' })
			.click();
		await toast(page, '+12125554321 is removed').waitFor();
		await page.getByText('None yet').waitFor();
		/* Of many the rest is counted. */
		const asked = /dids\?.*per_page=100/;
		await page.route(asked, async (route) => {
			const answer = await route.fetch();
			const json = await answer.json();
			json.meta.total += 7;
			await route.fulfill({ response: answer, json });
		}, { times: 1 });
		await number.fill('+12125554321');
		await page.getByRole('button', { name: 'Assign' }).click();
		await page.getByText('and 7 more').waitFor();
		await listed.waitFor();
		await page.getByRole('button', { name: 'Suspend' }).click();
		await page.getByRole('dialog').getByRole('button',
			{ name: 'Suspend' }).click();
		await toast(page, 'emergency numbers only').waitFor();
		await page.goto('/organizations.html');
		await row(page, 'Acme').getByText('Suspended').waitFor();
	},
};
