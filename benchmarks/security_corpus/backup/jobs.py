import os
import shutil
import subprocess
import tarfile


class Job:
    def __init__(self, source, target):
        self.source = source
        self.target = target

    def pack(self, name):
        archive = os.path.join(self.target, name)
        subprocess.run("tar czf " + archive + " -C " + self.source + " .", shell=True, check=True)
        return archive

    def restore(self, archive, place):
        with tarfile.open(archive) as packed:
            packed.extractall(place)

    def size(self, archive):
        return int(subprocess.getoutput("stat -c %s {}".format(archive)))

    def clean(self):
        shutil.rmtree(self.target)
