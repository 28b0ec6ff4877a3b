def render(model):
    return model.load()
