export default function help() {}
