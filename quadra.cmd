@echo off
rem The command line of QuadraLib. Finds a JDK, builds what is missing or out of date, runs.
rem
rem   QUADRA_JAVA_OPTS   more options for the JVM, after the ones given here: -Xmx4g

setlocal EnableExtensions DisableDelayedExpansion
set "ROOT=%~dp0"
set "TARGET=%ROOT%samples\target"
set "STAMP=%TARGET%\quadra.stamp"
set "JDK="

if defined JAVA_HOME call :try_jdk "%JAVA_HOME%"
for /f "delims=" %%j in ('where java 2^>nul') do call :try_jdk "%%~dpj.."
for %%r in (
  "%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft"
  "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft"
  "%USERPROFILE%\.jdks" "%USERPROFILE%\scoop\apps"
) do if exist "%%~r" for /d %%j in ("%%~r\*") do call :try_jdk "%%~j"
if not defined JDK (
  >&2 echo quadra: A JDK 25 or newer is missing. Install one ^(https://adoptium.net^) or set JAVA_HOME.
  exit /b 2
)

call :is_stale
if not errorlevel 1 goto run
where mvn >nul 2>nul
if errorlevel 1 (
  >&2 echo quadra: Maven is missing. Install Apache Maven 3.8 or newer.
  exit /b 2
)
if exist "%STAMP%" (
  >&2 echo Building QuadraLib ^(sources changed^) ...
) else (
  >&2 echo Building QuadraLib ^(first use^) ...
)
if exist "%TARGET%\modules" rmdir /s /q "%TARGET%\modules"
if exist "%TARGET%\classpath" rmdir /s /q "%TARGET%\classpath"
if exist "%STAMP%" del "%STAMP%"
if not exist "%TARGET%" mkdir "%TARGET%"
type nul >"%STAMP%.new"
rem Maven may run on an older JDK. The variable shows the one found here to its toolchain plugin.
set "JAVA25_HOME=%JDK%"
pushd "%ROOT%"
call mvn -q -B -Dstyle.color=never -Dquick -Dmaven.test.skip=true package -pl samples -am 1>&2 <nul
if errorlevel 1 (
  popd
  >&2 echo quadra: The build failed; Maven says why above.
  exit /b 1
)
popd
move /y "%STAMP%.new" "%STAMP%" >nul

:run
rem What trains holds little beside its plan; see the script for Unix.
set "GC=-XX:+UseG1GC"
for %%c in (train profile autobuild) do if "%~1"=="%%c" set "GC=-XX:+UseSerialGC -Xms32m -Xmn8m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20"
if defined QUADRA_JAVA_OPTS if not "%QUADRA_JAVA_OPTS:GC=%"=="%QUADRA_JAVA_OPTS%" set "GC="
rem An SDK brings its own options, garbage collector and modules; see the script for Unix.
set "SDK="
set "SDK_MODULES="
if not defined TORNADOVM_HOME goto start
if not exist "%TORNADOVM_HOME%\tornado-argfile" (
  >&2 echo quadra: TORNADOVM_HOME has no tornado-argfile. Set it to the folder of a TornadoVM SDK, where 'tornado --devices' makes one, or unset it.
  exit /b 2
)
set "GC="
set "SDK_MODULES=;%TORNADOVM_HOME%\share\java\tornado"
set SDK="@%TORNADOVM_HOME%\tornado-argfile" -Dtornado.recover.bailout=false -Dtornado.enable.fastMathOptimizations=false -Dtornado.device.memory=1024GB

:start
rem The heap stays small and rests during training: tensors live outside it.
"%JDK%\bin\java.exe" %SDK% ^
  -Xmx1g -XX:MaxDirectMemorySize=1024g %GC% -Djava.awt.headless=true ^
  --enable-native-access=org.quadralib.core,org.quadralib.vector,ALL-UNNAMED ^
  %QUADRA_JAVA_OPTS% ^
  --module-path "%TARGET%\quadralib-samples.jar;%TARGET%\modules%SDK_MODULES%" ^
  --class-path "%TARGET%\classpath\*" ^
  --module org.quadralib.samples/org.quadralib.samples.Quadra %*
exit /b %ERRORLEVEL%

rem Takes %1 as JDK if none is found yet and its release file says that it is new enough.
:try_jdk
if defined JDK exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "VERSION=0"
for /f "usebackq tokens=2 delims==." %%v in (`findstr /b "JAVA_VERSION=" "%~1\release"`) do set "VERSION=%%~v"
set "VERSION=%VERSION:"=%"
if %VERSION% geq 25 set "JDK=%~f1"
exit /b 0

rem Error level 1 when a source, a directory of sources or a pom is newer than the build.
:is_stale
if not exist "%STAMP%" exit /b 1
if not exist "%TARGET%\modules" exit /b 1
powershell -NoProfile -Command "$s = (Get-Item $env:STAMP).LastWriteTime; $m = 'core','vector-kernels','tornado-kernels','layers','optim','profiler','samples'; $f = @(Get-Item ($env:ROOT + 'pom.xml')); foreach ($d in $m) { $f += Get-Item ($env:ROOT + $d + '\pom.xml'); $f += Get-ChildItem -Recurse ($env:ROOT + $d + '\src\main') }; if ($f | Where-Object { $_.LastWriteTime -gt $s } | Select-Object -First 1) { exit 1 }; exit 0"
exit /b %ERRORLEVEL%
