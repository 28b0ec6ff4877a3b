import { format } from "@/lib/format";
import { Model } from "@models/user";
import shared from "shared";

format();
new Model().save();
shared();
