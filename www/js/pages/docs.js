/* A page that is whole by itself; who is signed in gets all around it, too. */
import { session } from '../api.js';
import { shell } from '../nav.js';

session({ door: true }).then(() => shell('/docs/'), () => {});
