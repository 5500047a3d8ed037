#!/bin/sh
# The build script is build/build.cs; ./build.sh --help says what it can do.
command -v dotnet >/dev/null 2>&1 || { echo "LocalRecall needs the .NET 10 SDK: https://dotnet.microsoft.com/download" >&2; exit 1; }
export CALLED_FROM="$PWD"
cd "$(dirname "$0")" && exec dotnet run build/build.cs -- "$@"
