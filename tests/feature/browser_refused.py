"""What a browser's form says when what there is stands against it: nothing
that was typed is lost, and what is in the way is a link."""
from browsing import by_http, new_of, save, sign_in
from support import main


def limit(org, what, most):
    org.sql(f'UPDATE organization SET limit_{what} = {most} WHERE id = '
            f'{org.id}')


@by_http
def a_form_over_the_limit_keeps_what_was_typed(org):
    limit(org, 'extensions', 1)
    org.extension('1001')
    page = new_of(sign_in(org).click('Extensions'))
    typed = {'Number': '1002', 'Name': 'Bob <b>&', 'Ring timeout': '17'}
    page = save(page).fill_in(typed).submit().must(409)
    assert 'may have 1 extensions' in page.text
    for label, value in typed.items():
        assert save(page).input(label).value == value, label
    # The same form again, once there is room.
    limit(org, 'extensions', 2)
    save(page).submit().must(200)
    made = org.get('/extensions?number=1002').must(200).data[0]
    assert (made['name'], made['ring_timeout']) == ('Bob <b>&', 17)
    # A program gets the problem as it was.
    answer = org.post('/extensions', {'number': '1003', 'name': 'Eve'})
    assert answer.must(409, 'CONFLICT').errors == {}


@by_http
def a_number_over_the_limit_keeps_what_was_typed(org):
    limit(org, 'dids', 1)
    page = new_of(sign_in(org).click('Numbers (DIDs)'))
    save(page).fill_in({'Number': org.number(1)}).submit().must(200)
    page = new_of(sign_in(org).click('Numbers (DIDs)'))
    page = save(page).fill_in({'Number': org.number(2),
                               'Caller name prefix': 'Shop'}).submit().must(409)
    assert save(page).input('Number').value == org.number(2)
    assert save(page).input('Caller name prefix').value == 'Shop'
    assert org.get('/dids').json['meta']['total'] == 1


@by_http
def a_number_of_somebody_else_keeps_what_was_typed(org):
    there = org.instance.organization(org.by)
    there.did(there.number(0))
    page = new_of(sign_in(org).click('Numbers (DIDs)'))
    page = save(page).fill_in({'Number': there.number(0), 'Name': 'Shop',
                               'Record': 'yes'}).submit().must(409)
    assert save(page).input('Number').value == there.number(0)
    assert save(page).input('Name').value == 'Shop'
    assert save(page).input('Record').shown == 'yes'
    assert there.slug not in page.text
    save(page).fill_in({'Number': org.number(1)}).submit().must(200)


@by_http
def who_uses_it_is_seen_before_it_is_deleted(org):
    ann, bob = org.extension('1001'), org.extension('1002', 'Bob')
    org.post('/ring-groups', {'name': 'Sales', 'members': [
        {'extension_id': ann}]}).must(201)
    org.did(org.number(1))
    org.post('/business-hours', {
        'name': 'Office', 'open': {'type': 'extension', 'id': ann},
        'closed': {'type': 'hangup'}}).must(201)
    page = sign_in(org).click('Extensions').click('Ann').click('Delete')
    assert 'Still used by' in page.text
    assert page.click('business hours Office').must(200).heading
    assert page.click('ring group Sales').must(200).heading
    refused = page.press('Delete').must(409)
    assert refused.click('ring group Sales').must(200)
    assert sorted(each['name'] for each in org.get(
        f'/extensions/{ann}/delete').must(200).data) == ['Office', 'Sales']
    assert org.get(f'/extensions/{bob}/delete').must(200).data == []
    there = org.instance.organization(org.by)
    there.get(f'/extensions/{ann}/delete').must(404)
    org.as_('agent').get(f'/extensions/{ann}/delete').must(403)
    free = sign_in(org).browser.open(f'/cgi-bin/extensions/{bob}/delete')
    assert 'Still used' not in free.text
    free.press('Delete').must(200)
    sign_in(there).browser.open(f'/cgi-bin/extensions/{ann}/delete').must(404)
    # Who may not delete is not told.
    sign_in(org, 'agent').browser.open(f'/cgi-bin/extensions/{ann}/delete').must(403)


if __name__ == '__main__':
    main()
