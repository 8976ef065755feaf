#!/usr/bin/env python3
"""Signing in, sessions, passwords, links and the second factor."""
from support import Browser, main, only, scenario


@scenario
def who_signs_in_is_told_who_they_are(org):
    me = org.sign_in('admin')
    for data in (me.session, me.get('/session').must(200).data):
        assert data['user'] == {
            'id': org.user_of('admin'), 'name': 'Admin',
            'email': f'admin@{org.slug}.example', 'role': 'admin'}, data
        assert data['organization'] == {
            'id': org.id, 'name': org.slug, 'slug': org.slug,
            'timezone': 'America/New_York'}, data
        assert data['two_factor'] is False
        assert data['csrf_token'] == me.csrf and len(me.csrf) >= 40
        assert data['expires_at'] > '20'
    me.get('/extensions').must(200)
    me.post('/extensions', {'number': '1001', 'name': 'Ann'}).must(201)


if __name__ == '__main__':
    main()
