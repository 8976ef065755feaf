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
