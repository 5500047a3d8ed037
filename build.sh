#!/bin/sh
# The build script is build/build.cs; ./build.sh --help says what it can do.
command -v dotnet >/dev/null 2>&1 || { echo "LocalRecall needs the .NET 10 SDK: https://dotnet.microsoft.com/download" >&2; exit 1; }
export CALLED_FROM="$PWD"
cd "$(dirname "$0")" || exit 1
for attempt in 1 2 3; do
    dotnet run build/build.cs -- "$@"
    code=$?
    # 1 is dotnet's own: the script could not be built, perhaps because another process was building it too.
    [ $code = 1 ] || break
done
exit $code
