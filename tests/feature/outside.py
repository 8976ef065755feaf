"""What lies outside of an instance and is told, asked and mailed by it: a mail
server, a server of events and one of recordings, each a stand-in.
"""
import email
import email.policy
import json
import tempfile

import carrier
from carrier import Site
from labour import Files, certificate
from receivers import Mail, Web


class Outside:
    def __init__(self, site):
        self.folder = tempfile.mkdtemp(prefix='opbx-outside-')
        path = certificate(self.folder)
        self.mail, self.web = Mail(path), Web(path)
        self.files = Files(path)
        with open(site.conf, 'a', encoding='utf-8') as conf:
            conf.write('net.allow_private = 127.0.0.1\n'
                       f'net.ca_file = {path}.crt\n'
                       f'smtp.url = {self.mail.url}\n'
                       'smtp.from = OpBX <opbx@pbx.example>\n')

    def letters(self, to):
        """The mails to an address, parsed."""
        return [email.message_from_bytes(each.data,
                                         policy=email.policy.default)
                for each in list(self.mail.letters)
                if f'<{to}>' in each.recipients[0]]

    def events(self, path):
        """What was posted there, parsed."""
        return [json.loads(each.body) for each in list(self.web.requests)
                if each.path == path]


def site():
    """An instance whose worker can reach the stand-ins."""
    here = Site()
    here.outside = Outside(here)
    here.behind(here.server)
    return here


def own_scenarios():
    """Those of the file that runs, not of files that it takes words of."""
    return [each for each in carrier.scenarios
            if each.__module__ == '__main__']
