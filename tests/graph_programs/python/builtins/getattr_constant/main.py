class Robot:
    def walk(self):
        return "walk"

    def talk(self):
        return "talk"


robot = Robot()
getattr(robot, "walk")()
action = "talk"
speak = getattr(robot, action, None)
speak()
setattr(robot, "shout", speak)
robot.shout()
