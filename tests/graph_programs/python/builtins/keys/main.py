def by_name(item):
    return item["name"]


def by_age(item):
    return item["age"]


def smallest(items):
    return min(items, key=by_age)


people = [{"name": "b", "age": 2}, {"name": "a", "age": 3}]
sorted(people, key=by_name)
max(people, key=lambda one: by_age(one))
smallest(people)
people.sort(key=by_name)
