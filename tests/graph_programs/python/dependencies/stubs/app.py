import parcel
import plain

parcel.send().open()
parcel.weigh().grams()
plain.make().go()
