/* A prompt by the microphone, as telephones hear it: WAV, 8000 Hz, one ear. */
import { h } from './dom.js';
import { press } from './press.js';
import { seconds } from './words.js';

const RATE = 8000;
const HEAD = 44;
const LONGEST = 120000;
/* How often it is known what was heard; when one speaks without knowing. */
const HEARD = 100;
const UNKNOWN = 2000;
const SPEAK = 'Speak now…';

/* 16 bits a sample. */
function wav(samples) {
	const made = new DataView(new ArrayBuffer(HEAD + samples.length * 2));
	const text = (at, letters) => [...letters].forEach((each, i) =>
		made.setUint8(at + i, each.charCodeAt(0)));
	text(0, 'RIFF');
	made.setUint32(4, HEAD - 8 + samples.length * 2, true);
	text(8, 'WAVEfmt ');
	made.setUint32(16, 16, true);
	made.setUint16(20, 1, true);
	made.setUint16(22, 1, true);
	made.setUint32(24, RATE, true);
	made.setUint32(28, RATE * 2, true);
	made.setUint16(32, 2, true);
	made.setUint16(34, 16, true);
	text(36, 'data');
	made.setUint32(40, samples.length * 2, true);
	samples.forEach((each, i) => made.setInt16(HEAD + i * 2,
		Math.max(-1, Math.min(1, each)) * 0x7fff, true));
	return made.buffer;
}

function play(sound) {
	const context = new AudioContext();
	const source = context.createBufferSource();
	source.buffer = sound;
	source.connect(context.destination);
	source.addEventListener('ended', () => context.close());
	source.start();
}

/*
 * { element, settled }: buttons that put a recording into the input of a file,
 * where the browser can.  settled() ends the one that runs.
 */
export function microphone(input) {
	const said = h('span', { class: 'none', role: 'status' });
	const again = h('button', { type: 'button', class: 'plain small',
		hidden: true }, 'Play it');
	const button = h('button', { type: 'button', class: 'plain small' },
		'Record');
	const heard = navigator.mediaDevices && globalThis.MediaRecorder;
	let running = null;
	/* When what was spoken last is in the input. */
	let kept = null;

	async function ended(parts) {
		const whole = await new Blob(parts).arrayBuffer();
		/* Decoding brings it to the rate of the context. */
		const sound = await new OfflineAudioContext(1, 1, RATE)
			.decodeAudioData(whole);
		const files = new DataTransfer();
		files.items.add(new File([wav(sound.getChannelData(0))],
			'recorded.wav', { type: 'audio/wav' }));
		input.files = files.files;
		input.dispatchEvent(new Event('change', { bubbles: true }));
		again.onclick = () => play(sound);
		again.hidden = false;
		said.replaceChildren('Recorded ', seconds(Math.round(sound.duration)));
	}

	const end = () => running?.state === 'recording' && running.stop();

	async function start() {
		const stream = await navigator.mediaDevices.getUserMedia(
			{ audio: true });
		const silence = () => stream.getTracks().forEach((each) =>
			each.stop());
		if (!button.isConnected) {
			silence();
			return;
		}
		const parts = [];
		const mine = new MediaRecorder(stream);
		/* A microphone takes its time: no first word is lost to that. */
		const speak = () => {
			if (mine.state === 'recording' && said.textContent !== SPEAK)
				said.textContent = SPEAK;
		};
		mine.addEventListener('dataavailable', ({ data }) => {
			parts.push(data);
			if (data.size > 0)
				speak();
		});
		const over = new Promise((resolve) => mine.addEventListener('stop',
			() => {
				silence();
				running = null;
				button.textContent = 'Record again';
				resolve(ended(parts).catch(() => {
					said.textContent = 'Nothing was recorded.';
				}));
			}));
		mine.start(HEARD);
		running = mine;
		kept = over;
		setTimeout(() => mine === running && end(), LONGEST);
		/* Who goes is heard no more. */
		button.closest('dialog')?.addEventListener('close', end);
		button.textContent = 'Stop';
		said.textContent = 'One moment…';
		setTimeout(speak, UNKNOWN);
	}

	button.addEventListener('click', press(() => running ? end()
		: start().catch(() => {
			said.textContent = 'This browser gives no microphone.';
		})));
	return { element: heard && h('div', { class: 'record' }, button, again,
		said), settled() {
		end();
		return kept;
	} };
}
