import { together } from '../together';

together(__dirname);
