class Tool:
    def use(self, x):
        return self.check(x)

    def check(self, x):
        return x


tool = Tool()
Tool.use(tool, 1)
method = Tool.check
method(tool, 2)
bound = tool.use
bound(3)
