// jest takes stack traces of 100 frames, and takes two at each `expect`. Node.js takes ten, which end in the test that failed.
Error.stackTraceLimit = 10;
