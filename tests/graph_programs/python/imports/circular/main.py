import left

left.begin()
