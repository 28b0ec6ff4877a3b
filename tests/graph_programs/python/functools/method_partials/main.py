from functools import partial, partialmethod


class Light:
    def set_state(self, on):
        return on

    turn_on = partialmethod(set_state, True)

    def later(self):
        return partial(self.set_state, False)


light = Light()
light.turn_on()
light.later()()
