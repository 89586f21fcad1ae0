// A mesh of real components on a shared machine may fail to start in time. Each test makes its own mesh, so it may try once more; what is wrong fails twice.
jest.retryTimes(1, { logErrorsBeforeRetry: true });
