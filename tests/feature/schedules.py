"""What tests of business hours share: short words for their parts."""

R = '/business-hours'
HANGUP = {'type': 'hangup'}


def make(org, name='Office', **more):
    return org.post(R, {'name': name, 'open': HANGUP, 'closed': HANGUP,
                        **more})


def to(kind, id):
    return {'type': kind, 'id': id}


def period(day, begins, ends):
    return {'day': day, 'from': begins, 'to': ends}


def span(begins, ends):
    return {'from': begins, 'to': ends}


class Office:
    """A DID that leads to hours: 1001 open, 1002 closed, 1003 exception."""

    def __init__(self, org, **more):
        self.org = org
        a, b, c = (org.extension(str(number)) for number in
                   (1001, 1002, 1003))
        self.id = make(org, open=to('extension', a),
                       closed=to('extension', b),
                       exception=to('extension', c), **more).must(201).id
        self.number = org.number(90)
        did = org.did(self.number)
        # By a change that is told, or the warmed cache would stay.
        org.patch(f'/dids/{did}', {'target': to('business_hours', self.id)}
                  ).must(200)

    def at(self, instant):
        said = self.org.instance.ctl(
            'route', '--org', self.org.slug, '--from', '+442079460000',
            '--to', self.number, '--at', instant)
        for number, state in (('1001', 'open'), ('1002', 'closed'),
                              ('1003', 'exception')):
            if f'<Number>{number}</Number>' in said:
                return state
        raise AssertionError(said)

    def change(self, **more):
        return self.org.patch(f'{R}/{self.id}', more).must(200).data
