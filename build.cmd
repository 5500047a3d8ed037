@echo off
rem The build script is build/build.cs; build.cmd --help says what it can do.
setlocal
set CALLED_FROM=%CD%
cd /d "%~dp0"
dotnet run build/build.cs -- %*
