"""Each bound of each field tried at, below and above, as the OpenAPI document
says it: all fields of a body at once, because all complaints come at once,
each by its field's name.
"""
from fixtures import BODIES, Document, Tenant, dotted, operator, put, unlimited
from support import main, scenario

# What bounds, types and forms are complained of by.
BOUND = ('must have at', 'must be between', 'must not be empty',
         'must be one of', 'must be a text', 'must be a whole number',
         'must be a single line', 'must be the id', 'must be true or false',
         'must be digits only', 'must be a list', 'must be an object')


def types_of(schema):
    types = schema.get('type', [])
    return types if isinstance(types, list) else [types]


def is_leaf(schema):
    return 'items' not in schema and 'properties' not in schema


def text(schema, length):
    """A text of that many characters that looks as it must."""
    pattern = schema.get('pattern', '')
    if schema.get('format') == 'email':
        return 'a@' + 'b' * (length - 6) + '.com'
    if schema.get('format') == 'uri':
        return 'https://example.com/' + 'a' * (length - 20)
    if pattern == '^[0-9]+$':
        return '7' * length
    # Not all of one kind: a code point counts once, whatever its bytes.
    return ('xé' * length)[:length]


def at_most(schema):
    if 'string' in types_of(schema) and 'maxLength' in schema:
        return text(schema, schema['maxLength'])
    return schema.get('maximum')


def at_least(schema):
    if 'string' in types_of(schema) and schema.get('minLength', 0) > 0 and \
            'format' not in schema:
        return text(schema, schema['minLength'])
    return schema.get('minimum')


def above(schema):
    if 'string' in types_of(schema) and 'maxLength' in schema:
        return text(schema, schema['maxLength'] + 1)
    return schema['maximum'] + 1 if 'maximum' in schema else None


def below(schema):
    if 'string' in types_of(schema):
        if 'format' in schema or schema.get('minLength', 0) == 0 or (
                schema['minLength'] == 1 and 'null' in types_of(schema)):
            return None
        return text(schema, schema['minLength'] - 1)
    return schema['minimum'] - 1 if 'minimum' in schema else None


def wrong(schema):
    """A value of a type, or a text of a form, that it must not have."""
    types = types_of(schema)
    if 'oneOf' in schema or 'object' in types or 'array' in types:
        return 7
    if 'enum' in schema or schema.get('format') == 'date-time' or \
            'string' not in types:
        return 'zzz'
    return 7


def broken(schema):
    """A text that its pattern refuses."""
    if 'pattern' not in schema:
        return None
    return 'x\x01' if schema['pattern'].startswith('^[^') else 'x y'


class Probe:
    """One operation's body."""

    def __init__(self, they, doc, operation, where, base):
        self.they = they
        self.operation = operation
        self.where = where
        self.base = base
        self.fields = [
            (path, field) for path, field in
            doc.fields(doc.schema(operation.body_name()))
            if path and not self.is_variant(field)]
        self.leaves = [each for each in self.fields if is_leaf(each[1])]
        self.holders = [each for each in self.fields if not is_leaf(each[1])]

    @staticmethod
    def is_variant(field):
        """Of a target: what belongs to one type."""
        return 'const' in field.get('properties', {}).get('type', {})

    def errors(self, values):
        body = self.base()
        for path, value in values:
            body = put(body, path, value)
        answer = self.they.ask(self.operation.method, self.where, body)
        assert answer.status in (200, 201, 422), \
            f'{self.operation} {body}: {answer.status} {answer.text}'[:1500]
        return answer.errors

    def values(self, fields, of):
        """What a function makes of each field that it has an answer for."""
        made = [(path, of(field)) for path, field in fields]
        return [(path, value) for path, value in made if value is not None]

    def must_refuse(self, values, words=''):
        errors = self.errors(values) if values else {}
        for path, value in values:
            name = dotted(path)
            said = [said for key, texts in errors.items() for said in texts
                    if key == name or key.startswith(name + '.')]
            assert any(words in each for each in said), \
                f'{self.operation}: {name} may be {value!r:.80}: {errors}'
        return len(values)

    def must_take(self, values):
        """Or have another reason than a bound."""
        errors = self.errors(values) if values else {}
        for path, value in values:
            for said in errors.get(dotted(path), []):
                assert not said.startswith(BOUND) or (
                    said.startswith('must be one of') and
                    isinstance(value, str) and 'x\xe9' in value), \
                    f'{self.operation}: {dotted(path)} may not be ' \
                    f'{value!r:.80}: {said}'
        return len(values)


def try_values(probe):
    leaves = probe.leaves
    numbers = [each for each in leaves if 'integer' in types_of(each[1])]
    texts = [each for each in leaves if 'string' in types_of(each[1])]
    ids = [each for each in numbers if 'x-refers' in each[1]]
    numbers = [each for each in numbers if 'maximum' in each[1]]
    count = probe.must_take(probe.values(texts + numbers, at_most))
    count += probe.must_take(probe.values(texts + numbers, at_least))
    count += probe.must_refuse(probe.values(texts, above), 'at most')
    count += probe.must_refuse(probe.values(numbers, above), 'between')
    count += probe.must_refuse(probe.values(numbers, below), 'between')
    count += probe.must_refuse(probe.values(texts, below))
    count += probe.must_refuse(probe.values(texts, broken))
    count += probe.must_refuse(probe.values(leaves, wrong))
    for value in (0, -1, '1', 1.5):
        count += probe.must_refuse([(path, value) for path, _ in ids])
    choices = [each for each in leaves if 'enum' in each[1]]
    for i in range(max([len(f['enum']) for _, f in choices], default=0)):
        count += probe.must_take([(path, field['enum'][i])
                                  for path, field in choices
                                  if i < len(field['enum'])])
    return count


def may_be_null(field):
    return 'null' in types_of(field) or {'type': 'null'} in field.get(
        'oneOf', [])


def try_nulls(probe):
    count = probe.must_take([(path, None) for path, field in probe.leaves
                             if may_be_null(field)])
    return count + probe.must_refuse(
        [(path, None) for path, field in probe.leaves
         if not may_be_null(field) and 0 not in path])


def try_holders(probe):
    """Lists and the parts of an object."""
    top = [each for each in probe.holders if 0 not in each[0]]
    count = probe.must_refuse([(path, 7) for path, _ in top])
    count += probe.must_refuse([(path + ('zzz',), 1)
                                for path, field in top
                                if 'properties' in field] + [(('zzz',), 1)])
    lists = [each for each in top if 'items' in each[1]]
    for path, field in lists:
        if 'maxItems' in field:
            probe.must_refuse([(path, [{}] * (field['maxItems'] + 1))],
                              'at most')
            probe.must_take([(path, [{}] * field['maxItems'])])
            count += 2
        if field.get('minItems', 0) > 0:
            probe.must_refuse([(path, [{}] * (field['minItems'] - 1))],
                              'at least')
            probe.must_take([(path, [{}] * field['minItems'])])
            count += 2
    return count


def try_readonly(probe, doc):
    """What the server sets is not to be given to what is made."""
    name = probe.operation.body_name()
    shown = doc.json['components']['schemas'].get(name[:-len('New')])
    if not name.endswith('New') or shown is None:
        return 0
    return probe.must_refuse([
        ((key,), 1) for key, field in shown['properties'].items()
        if field.get('readOnly')])


def probes(org, doc):
    tenant = Tenant(org)
    platform = operator(org)
    # It is suspended and what not.
    tenant.ids['organizations'] = org.instance.organization(org.by).id
    for operation in doc.operations:
        name = operation.body_name()
        if name is None or operation.responder == 'session' or \
                operation.path.endswith('/audio'):
            continue
        # Of an organization an owner may change a part.
        they = platform if 'operator' in operation.roles and \
            operation.responder == 'organizations' else org

        def base(operation=operation):
            unlimited(org)
            if operation.method == 'POST' and operation.responder in BODIES \
                    and operation.path.count('/') == 1:
                return tenant.body(operation.responder)
            return {}
        yield Probe(they, doc, operation,
                    operation.at(tenant.id_of(operation.responder)), base)


@scenario
def bodies_are_judged_as_the_document_says(org):
    doc = Document(org)
    tried = 0
    for probe in probes(org, doc):
        tried += try_values(probe) + try_nulls(probe)
        tried += try_holders(probe)
        tried += try_readonly(probe, doc)
    assert tried > 1500, tried


@scenario
def what_is_required_is_named_when_it_is_missing(org):
    doc = Document(org)
    tried = 0
    for probe in probes(org, doc):
        required = doc.schema(probe.operation.body_name()).get('required', [])
        if probe.operation.method == 'PATCH':
            assert not required, probe.operation
            continue
        answer = probe.they.ask(probe.operation.method, probe.where, {})
        if not required:
            continue
        assert answer.status == 422, (str(probe.operation), answer.text)
        for name in required:
            assert any(key == name or key.startswith(name + '.')
                       for key in answer.errors), (str(probe.operation), name, answer.text)
            tried += 1
    assert tried > 20, tried


if __name__ == '__main__':
    main()
